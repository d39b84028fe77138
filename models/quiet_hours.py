"""When a window of allowed hours is open, by wall clocks: exact over clock changes, in several zones at once.

A timetable says which hours of a local date are open. Which timetables apply to a message is `models.rule_book`'s matter.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from models.frozen import Frozen

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
LAST_MOMENT = timedelta(seconds=60)
"""A send that would start this close to the end waits: it could still lie in a queue when the window shuts."""
_NEAR, _FAR = timedelta(days=3), timedelta(days=40)


class Hours(Frozen):
    """Opening hours of one day, local wall time. `closes` is exclusive; midnight (00:00) means the end of the day."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.closes != time(0) and self.opens >= self.closes:
            raise ValueError("hours must begin before they end, on the same day; write the end of the day as 24:00")
        return self

    def hold(self, wall: time) -> bool:
        """Return whether they are open at a wall time."""
        return self.opens <= wall and (self.closes == time(0) or wall < self.closes)

    def overlap(self, other: "Hours") -> "Hours | None":
        """Return the hours in which both are open, or None."""
        opens = max(self.opens, other.opens)
        closes = min((end for end in (self.closes, other.closes) if end != time(0)), default=time(0))
        return Hours(opens=opens, closes=closes) if closes == time(0) or opens < closes else None

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{'24:00' if self.closes == time(0) else f'{self.closes:%H:%M}'}"


ALL_DAY = Hours(opens=time(0), closes=time(0))
Timetable = Callable[[date], Hours | None]
"""Returns the hours of a local date; None if it is shut."""


class Span(NamedTuple):
    """From one moment (UTC) to another, which is no longer part of it."""

    start: datetime
    end: datetime


class Opening(NamedTuple):
    """When every timetable is open: at once if `start` is the moment asked about. `end` is None if no end is in sight."""

    start: datetime
    end: datetime | None


class WindowDecision(Frozen):
    """Whether a message may leave now, with what was looked at. Stored with the message."""

    allowed: bool
    next_open_at: datetime | None = None
    """UTC. None if it is allowed now, or if nothing opens in the next forty days."""
    zones: tuple[str, ...]
    places: tuple[str, ...] = ()
    """Where the recipient may be (ISO 3166-2); empty if nothing tells."""
    rule_ids: tuple[int, ...] = ()
    """The rules that were in force."""
    shut_in: tuple[str, ...] = ()
    """The zones where the window is shut now."""
    reasons: tuple[str, ...] = ()
    closes_in: timedelta | None = None
    """How long it stays open in every zone; None if it is shut, or no end is in sight."""


def is_open(at: datetime, zone: str, timetable: Timetable) -> bool:
    """Return whether a timetable is open at a moment (aware), last minute included."""
    wall = at.astimezone(ZoneInfo(zone))
    hours = timetable(wall.date())
    return hours is not None and hours.hold(wall.time())


def next_opening(now: datetime, timetables: Sequence[tuple[str, Timetable]]) -> Opening | None:
    """Return the first moment at or after `now` (aware) at which a send may start under every timetable.

    The last minute of an opening is no part of it. Returns None if there is none in the next forty days.

    Raises:
        ValueError: `now` is naive, or there is no timetable.
    """
    if now.utcoffset() is None:
        raise ValueError("quiet hours need a moment with a time zone")
    if not timetables:
        raise ValueError("quiet hours need at least one zone")
    now = now.astimezone(UTC)
    for look_ahead, trusted in ((_NEAR, _NEAR - _DAY), (_FAR, _FAR)):
        end = now + look_ahead
        for span in _shared(now, end, timetables):
            if span.end - span.start > LAST_MOMENT and span.start <= now + trusted:
                return Opening(span.start, span.end if span.end < end else None)
    return None


def _shared(start: datetime, end: datetime, timetables: Sequence[tuple[str, Timetable]]) -> list[Span]:
    shared = [Span(start, end)]
    for zone, timetable in timetables:
        if shared:
            shared = list(_both(shared, _open_spans(start, end, zone, timetable)))
    return shared


def _both(one: list[Span], other: list[Span]) -> Iterator[Span]:
    for mine in one:
        for theirs in other:
            start, end = max(mine.start, theirs.start), min(mine.end, theirs.end)
            if start < end:
                yield Span(start, end)


def _open_spans(start: datetime, end: datetime, zone: str, timetable: Timetable) -> list[Span]:
    """Return when a timetable is open between two moments: between two marks nothing changes."""
    spans: list[Span] = []
    marks = sorted(mark for mark in _marks(start, end, zone, timetable) if start <= mark <= end)
    for mark, following in zip(marks, marks[1:], strict=False):
        if is_open(mark, zone, timetable):
            joins = spans and spans[-1].end == mark
            spans.append(Span(spans.pop().start if joins else mark, following))
    return spans


def _marks(start: datetime, end: datetime, zone: str, timetable: Timetable) -> set[datetime]:
    """Return every moment at which a timetable may open or shut: its hours, midnights, and changes of the clock.

    A wall time that a clock change repeats counts twice, one that it skips is covered by the change itself.
    """
    tz = ZoneInfo(zone)
    marks = {start, end}
    day, last = start.astimezone(tz).date(), end.astimezone(tz).date()
    while day <= last:
        hours = timetable(day)
        walls = {time(0)} | ({hours.opens, hours.closes} if hours else set())
        for wall in (datetime.combine(day, wall, tz) for wall in walls):
            marks |= {wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)}
        if (change := _clock_change(zone, day)) is not None:
            marks.add(change)
        day += _DAY
    return marks


@lru_cache(maxsize=8192)
def _clock_change(zone: str, day: date) -> datetime | None:
    """Return the moment (UTC) in the two days from this UTC date's eve on at which the zone's clocks change, or None."""
    tz = ZoneInfo(zone)
    before = datetime.combine(day - _DAY, time(0), UTC)
    after = before + 3 * _DAY
    old = before.astimezone(tz).utcoffset()
    if old == after.astimezone(tz).utcoffset():
        return None
    while after - before > _MINUTE:
        middle = before + (after - before) // 2
        if middle.astimezone(tz).utcoffset() == old:
            before = middle
        else:
            after = middle
    # Clocks change at whole minutes.
    return after.replace(second=0, microsecond=0)
