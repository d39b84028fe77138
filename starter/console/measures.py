"""The measures as pictures, with their definitions beside them, and as files to take along."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from models.database.measures.computing import By
from models.measures.definitions import MEASURES
from starter.api import measures
from starter.api.exporting import Format
from starter.console.choices import clients_for
from starter.console.frame import page
from starter.console.measure_cards import card, has_a_course, periods_between
from starter.console.routing import console_router
from starter.console.visiting import MayReadOutputs
from starter.measure_words import part_in_words
from starter.resources import Uses

router = console_router()
MOST_DAYS = 35
"""By day, no longer time is shown: more would be a smear."""


class Time(StrEnum):
    """How far back the page looks."""

    MONTH = "4w"
    QUARTER = "12w"
    HALF = "26w"
    YEAR = "52w"

    @property
    def length(self) -> timedelta:
        """The time itself."""
        return timedelta(weeks=int(self.removesuffix("w")))


TIMES = [(Time.MONTH, "4 weeks"), (Time.QUARTER, "12 weeks"), (Time.HALF, "26 weeks"), (Time.YEAR, "a year")]
Client = Annotated[str, Query(max_length=64, description="Empty: all.")]


@router.get("/console/measures")
def show(
    visit: MayReadOutputs, uses: Uses, client: Client = "", over: Time = Time.QUARTER, by: By = By.WEEK
) -> Response:
    """Show every measure over some weeks."""
    step, periods, begins = _shown(over, by)
    cards = []
    for key, definition in MEASURES.items():
        whole = measures.read_measure(key, visit.caller, uses, client or None, begins).rows
        course = measures.read_measure(key, visit.caller, uses, client or None, begins, by=step).rows
        cards.append(card(definition, whole, course, periods))
    return page(
        "measures.html.jinja", visit, cards=cards, client=client, over=over, by=step, times=TIMES, begins=begins,
        clients=clients_for(visit, uses), part_in_words=part_in_words,
    )  # fmt: skip


@router.get("/console/measures/{key}/export")
def export(
    key: str,
    visit: MayReadOutputs,
    uses: Uses,
    format: Format = Format.CSV,
    client: Client = "",
    over: Time = Time.QUARTER,
    by: By = By.WEEK,
) -> Response:
    """Return the figures of a measure as its table shows them, as a file; who took them is in the log."""
    step, _, begins = _shown(over, by)
    grouped = step if has_a_course(measures.existing(key)) else By.ALL
    return measures.export_measure(key, visit.caller, uses, format, client or None, begins, by=grouped)


def _shown(over: Time, by: By) -> tuple[By, list[date], datetime]:
    """Return how the figures are grouped, the first day of each period, and the moment from which on they are counted."""
    step = By.DAY if by is By.DAY and over.length <= timedelta(days=MOST_DAYS) else By.WEEK
    today = datetime.now(UTC).date()
    periods = periods_between(today - over.length, today, step)
    return step, periods, datetime.combine(periods[0], time(), UTC)
