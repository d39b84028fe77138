"""When an automated message may leave, by the recipient's wall clock.

Federal rule: no telephone solicitation before 8:00 or after 21:00 where the called party is, 47 CFR 64.1200(c)(1).
Several states are stricter; where published accounts of a state's law differ, the stricter one stands here. Reviewed
November 2026; this is engineering, not legal advice.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from models.frozen import Frozen

_DAY = timedelta(days=1)
_LAST_MOMENT = timedelta(seconds=60)
"""A send that would start this close to the end waits: it could still lie in a queue when the window shuts."""
_LOOK_AHEAD_DAYS = 10


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _end(closes: time) -> timedelta:
    return _since_midnight(closes) or _DAY


_SATURDAY, _SUNDAY = 6, 7


class Hours(Frozen):
    """Opening hours of one day, local wall time. `closes` is exclusive; midnight (00:00) means the end of the day."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if _since_midnight(self.opens) >= _end(self.closes):
            raise ValueError("a window opens before it closes, on the same day")
        return self

    def hold(self, wall: time) -> bool:
        """Return whether a send may start at this wall time. The last minute before a close is left out."""
        end = _end(self.closes)
        last = end if end == _DAY else end - _LAST_MOMENT
        return _since_midnight(self.opens) <= _since_midnight(wall) < last


class Window(Hours):
    """Opening hours of a week."""

    other_days: dict[int, Hours | None] = Field(default_factory=dict)
    """Days with other hours, by ISO weekday (Monday is 1); None is shut."""
    shut_on_holidays: bool = False
    """Shut on US federal holidays and on the days they are observed."""

    @classmethod
    def always(cls) -> Self:
        """Return a window that never shuts, for a local stack whose recipients are made up."""
        return cls(opens=time(0), closes=time(0))

    def hours_on(self, day: date) -> Hours | None:
        """Return the hours of a local date; None if it is shut."""
        if self.shut_on_holidays and is_federal_holiday(day):
            return None
        return self.other_days.get(day.isoweekday(), self)

    def within(self, other: "Window") -> "Window":
        """Return the window in which both are open. Raises ValueError if their usual hours do not overlap."""
        days = {weekday: self._overlap(other, weekday) for weekday in {*self.other_days, *other.other_days}}
        usual = _overlap(self, other)
        if usual is None:
            raise ValueError("the two windows are never open together on a usual day")
        return Window(
            opens=usual.opens,
            closes=usual.closes,
            other_days=days,
            shut_on_holidays=self.shut_on_holidays or other.shut_on_holidays,
        )

    def _overlap(self, other: "Window", weekday: int) -> Hours | None:
        mine, theirs = self.other_days.get(weekday, self), other.other_days.get(weekday, other)
        return _overlap(mine, theirs) if mine and theirs else None


class WindowDecision(Frozen):
    """Whether a message may leave now, with what was looked at."""

    allowed: bool
    next_allowed: datetime | None = None
    """UTC. None if it is allowed now, or if no shared opening exists in the next ten days."""
    zones: tuple[str, ...]
    shut_in: tuple[str, ...] = ()
    """The zones where the window is shut now."""
    closes_in: timedelta | None = None
    """How long it stays open in every zone; None if it is shut, or does not shut on this day."""


def _window(opens: int, closes: int, **days: tuple[int, int] | None) -> Window:
    weekday = {"saturday": _SATURDAY, "sunday": _SUNDAY}
    other = {weekday[day]: Hours(opens=time(h[0]), closes=time(h[1])) if h else None for day, h in days.items()}
    return Window(opens=time(opens), closes=time(closes), other_days=other)


def _shut_on_holidays(window: Window) -> Window:
    return window.model_copy(update={"shut_on_holidays": True})


FEDERAL = _window(8, 21)
CUSTOMARY = _window(9, 20, sunday=(12, 20))
"""Hours at which nobody minds an automated message. Inside the federal window, for all but immediate answers."""

_STRICTER: dict[str, Window] = {
    **dict.fromkeys(("FL", "MA", "MD", "NJ", "OK", "OR", "WA", "WY"), _window(8, 20)),
    **dict.fromkeys(("AL", "LA"), _shut_on_holidays(_window(8, 20, sunday=None))),
    **dict.fromkeys(("CA", "IL", "MI", "MN", "NM", "UT"), _window(9, 21)),
    **dict.fromkeys(("CT", "NV"), _window(9, 20)),
    "KY": _window(10, 21),
    "ME": _window(9, 17, saturday=None, sunday=None),
    "MS": _window(8, 20, sunday=None),
    "PA": _shut_on_holidays(_window(9, 19, sunday=None)),
    "RI": _shut_on_holidays(_window(9, 18, saturday=(10, 17), sunday=None)),
    "TX": _window(9, 21, sunday=(12, 21)),
}


def window_for(state: str | None, *, customary: bool = False) -> Window:
    """Return the lawful window of a state (two letters), the federal one for None and for states without their own.

    Args:
        state: Where the recipient is, as far as known.
        customary: Narrow it to the hours at which nobody minds; leave it out for an immediate answer.
    """
    lawful = _STRICTER.get((state or "").strip().upper(), FEDERAL)
    return lawful.within(CUSTOMARY) if customary else lawful


def decide(now: datetime, zones: Sequence[str], window: Window) -> WindowDecision:
    """Say whether a message may leave at `now` (aware): only if the window is open in every candidate zone (IANA name).

    Raises:
        ValueError: `now` is naive, or there is no zone to judge it in.
    """
    now = _checked(now, zones)
    shut_in = tuple(zone for zone in zones if not _is_open(now, zone, window))
    opening = next_allowed(now, zones, window) if shut_in else None
    closes_in = None if shut_in else min((left for zone in zones if (left := _left(now, zone, window))), default=None)
    return WindowDecision(
        allowed=not shut_in, next_allowed=opening, zones=tuple(zones), shut_in=shut_in, closes_in=closes_in
    )


def next_allowed(now: datetime, zones: Sequence[str], window: Window) -> datetime | None:
    """Return the first moment (UTC) at or after `now` (aware) when the window is open in every zone.

    Returns None if there is none in the next ten days. Raises ValueError as `decide` does.
    """
    now = _checked(now, zones)
    openings = {moment for zone in zones for moment in _openings(now, zone, window) if moment > now}
    return next((at for at in (now, *sorted(openings)) if all(_is_open(at, zone, window) for zone in zones)), None)


def is_federal_holiday(day: date) -> bool:
    """Return whether `day` is a US federal holiday (5 U.S.C. 6103) or the weekday on which one is observed."""
    fixed = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}
    near = [day, *([day + _DAY] if day.isoweekday() == 5 else []), *([day - _DAY] if day.isoweekday() == 1 else [])]
    if any((d.month, d.day) in fixed for d in near):
        return True
    nth = (day.day + 6) // 7
    if day.isoweekday() == 1:
        return (day.month, nth) in {(1, 3), (2, 3), (9, 1), (10, 2)} or (day.month == 5 and day.day > 24)
    return (day.month, nth, day.isoweekday()) == (11, 4, 4)


def _checked(now: datetime, zones: Sequence[str]) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("quiet hours need a moment with a time zone")
    if not zones:
        raise ValueError("quiet hours need at least one zone")
    return now.astimezone(UTC)


def _is_open(at: datetime, zone: str, window: Window) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    hours = window.hours_on(local.date())
    return hours is not None and hours.hold(local.time())


def _left(at: datetime, zone: str, window: Window) -> timedelta | None:
    local = at.astimezone(ZoneInfo(zone))
    hours = window.hours_on(local.date())
    if hours is None or _end(hours.closes) == _DAY:
        return None
    return _end(hours.closes) - _since_midnight(local.time())


def _openings(after: datetime, zone: str, window: Window) -> list[datetime]:
    """Return the window's openings in one zone, UTC; both readings of a wall time that a clock change repeats."""
    first = after.astimezone(ZoneInfo(zone)).date()
    days = [(first + n * _DAY, hours) for n in range(_LOOK_AHEAD_DAYS) if (hours := window.hours_on(first + n * _DAY))]
    walls = [datetime.combine(day, hours.opens, ZoneInfo(zone)) for day, hours in days]
    return [wall.replace(fold=fold).astimezone(UTC) for wall in walls for fold in (0, 1)]


def _overlap(one: Hours, other: Hours) -> Hours | None:
    opens, closes = max(one.opens, other.opens), min(one.closes, other.closes, key=_end)
    return Hours(opens=opens, closes=closes) if _since_midnight(opens) < _end(closes) else None
