"""Which days a report is about: the last whole week or month of the client's calendar."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.digests.figures import Period

_DAY = timedelta(days=1)


class Cadence(StrEnum):
    """How often a report is made. Stored, so the values never change meaning."""

    WEEKLY = "weekly"
    """Monday to Sunday."""
    MONTHLY = "monthly"


def last_closed(cadence: Cadence, zone: str, at: datetime) -> Period:
    """Return the newest period that is over at a moment.

    Args:
        cadence: weekly or monthly.
        zone: IANA name of the client's zone, in whose midnight periods end.
        at: aware.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    begins = _monday(today) if cadence is Cadence.WEEKLY else today.replace(day=1)
    return _beginning(cadence, _previous(cadence, begins))


def before(period: Period, cadence: Cadence) -> Period:
    """Return the period of the same kind that came before."""
    return _beginning(cadence, _previous(cadence, period.first))


def containing(cadence: Cadence, day: date) -> Period:
    """Return the period that a day is in."""
    return _beginning(cadence, _monday(day) if cadence is Cadence.WEEKLY else day.replace(day=1))


def bounds(period: Period, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a period and the first one after it, in the client's zone."""
    midnight = time(tzinfo=ZoneInfo(zone))
    return datetime.combine(period.first, midnight), datetime.combine(period.last + _DAY, midnight)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _previous(cadence: Cadence, begins: date) -> date:
    return begins - timedelta(days=7) if cadence is Cadence.WEEKLY else (begins - _DAY).replace(day=1)


def _beginning(cadence: Cadence, first: date) -> Period:
    if cadence is Cadence.WEEKLY:
        return Period(first=first, last=first + timedelta(days=6))
    return Period(first=first, last=(first.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY)
