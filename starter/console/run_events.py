"""The events of a run as its page lists them: by day, with who, why, and what comes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from models.database.tables.records import Event
from starter.console.picture.lanes import Lane, Look, place_of
from starter.words import happened

_SHOWN_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in the list; the picture links to it."""

    id: int
    at: datetime
    clock: str
    lane: Lane
    look: Look
    in_words: str
    actor: str
    source: str
    owner: str
    status: str
    follow_up: str
    recovery: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day, by the clock that is shown; folded where there are many."""

    name: str
    events: list[EventLine]
    is_open: bool


def by_day(events: Iterable[Event], zone: ZoneInfo) -> list[Day]:
    """Return the events of a run as they are listed, by the days of a zone. The newest day is always unfolded."""
    lines = [_line(event, zone) for event in events]
    grouped = [(day, list(of_day)) for day, of_day in groupby(lines, lambda line: line.at.astimezone(zone).date())]
    newest = len(grouped) - 1
    return [
        Day(f"{day:%A}, {day:%b} {day.day}, {day.year}", found, len(lines) <= _SHOWN_AT_ONCE or number == newest)
        for number, (day, found) in enumerate(grouped)
    ]


def _line(event: Event, zone: ZoneInfo) -> EventLine:
    assert event.at is not None  # read from the database, which has filled it in
    place = place_of(event.kind, event.reason)
    return EventLine(
        id=event.id or 0,
        at=event.at,
        clock=f"{event.at.astimezone(zone):%H:%M:%S}",
        lane=place.lane,
        look=place.look,
        in_words=happened(event.kind, event.reason),
        actor=event.actor,
        source=event.source,
        owner=event.owner,
        status=event.client_safe_status,
        follow_up=event.follow_up_rule,
        recovery=event.recovery_rule,
        facts=event.facts,
    )
