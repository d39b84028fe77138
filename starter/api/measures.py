"""Measures: what is measured and how, and the figures."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from models.database.engine import now, snapshot
from models.database.measures.computing import Asked, By, Figure, compute, period
from models.frozen import Frozen
from models.measures.definitions import MEASURES, Definition
from starter.api.exporting import Format, Taken, export
from starter.api.fields import Key
from starter.api.scoped import readable
from starter.callers import MayReadOutputs
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/measures", tags=["Measures"])
From = Annotated[AwareDatetime | None, Query(alias="from", description="From this moment on; with its offset.")]
To = Annotated[AwareDatetime | None, Query(alias="to", description="Before this moment; with its offset.")]


class MeasureRow(Frozen):
    """One figure of a measure."""

    measure: str
    part: str = Field(description="Of the measure, such as `p90` or a reason; empty if it has none.")
    client: str | None = Field(description="The client that was asked for, or the one of this row.")
    channel: str | None
    period_from: datetime | None = Field(description="Null: since the beginning.")
    period_to: datetime | None = Field(description="Null: until now.")
    day: str | None = Field(description="Grouped by day or week: its first day, in each client's own zone.")
    numerator: int
    denominator: int
    value: float | None = Field(
        description="Null where there are fewer than ten things to tell a share or percentile of."
    )
    unit: str
    as_of: datetime


class MeasureAnswer(BaseModel):
    """A measure with its figures."""

    definition: Definition
    rows: list[MeasureRow]


@router.get("", summary="List the measures and how each is defined")
def list_measures(caller: MayReadOutputs) -> list[Definition]:
    """Return every definition: formula, unit, what is left out, from which tables."""
    return list(MEASURES.values())


@router.get("/{key}", summary="Read a measure")
def read_measure(
    key: Key,
    caller: MayReadOutputs,
    uses: Uses,
    client: Key | None = None,
    begins: From = None,
    ends: To = None,
    by: By = By.ALL,
) -> MeasureAnswer:
    """Return the figures, by day, week, client or channel if asked for. Of staff of some clients only: theirs."""
    measure = existing(key)
    if begins and ends and ends <= begins:
        raise field_problem("to", "give a moment after `from`")
    with snapshot(uses.engine) as session:
        asked = Asked(readable(session, caller, client), begins, ends, by)
        found = compute(session, measure, asked)
        moment = now(session)
    return MeasureAnswer(definition=measure, rows=[_row(measure, asked, client, one, moment) for one in found])


@router.get("/{key}/export", summary="Export a measure", response_class=StreamingResponse)
def export_measure(
    key: Key,
    caller: MayReadOutputs,
    uses: Uses,
    format: Format = Format.CSV,
    client: Key | None = None,
    begins: From = None,
    ends: To = None,
    by: By = By.ALL,
) -> StreamingResponse:
    """Return the figures as CSV or Parquet. Who took them is in the log."""
    answer = read_measure(key, caller, uses, client, begins, ends, by)
    rows = [one.model_dump() for one in answer.rows]
    return export(uses.engine, Taken(key, caller, None), format, MeasureRow, lambda _: [rows])


def existing(key: str) -> Definition:
    """Return a definition. Raises Problem (404)."""
    if key not in MEASURES:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no measure {key!r}; see GET /v1/measures")
    return MEASURES[key]


def _row(measure: Definition, asked: Asked, client: str | None, one: Figure, moment: datetime) -> MeasureRow:
    first = period(asked, one.group)
    return MeasureRow(
        measure=measure.key,
        part=one.part,
        client=one.group or None if asked.by is By.CLIENT else client,
        channel=one.group if asked.by is By.CHANNEL else None,
        period_from=asked.begins,
        period_to=asked.ends,
        day=first.isoformat() if first else None,
        numerator=one.numerator,
        denominator=one.denominator,
        value=one.value,
        unit="share of 1" if one.part == "within_goal" else measure.unit,
        as_of=moment,
    )
