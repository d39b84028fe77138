"""How many customers of one location are asked on one day: reviews that come in a spike can be held back or removed.

Google on sudden increases: https://support.google.com/contributionpolicy/answer/7400114.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ASKS_PER_DAY = 10
"""Of one location, unless it says otherwise."""
_OPENS = time(9)
"""Where somebody is put off to another day, it is to its morning; the gate knows the hours of every place."""


def turn(due: datetime, zone: str, taken: Mapping[date, int], per_day: int = ASKS_PER_DAY) -> datetime:
    """Return the first moment at or after `due` on a day that has room, in UTC.

    Args:
        due: from when the customer may be asked; aware.
        zone: IANA zone of the location, whose calendar counts.
        taken: how many are asked on each day already.
        per_day: how many may be, at least 1.
    """
    local = ZoneInfo(zone)
    day = due.astimezone(local).date()
    while taken.get(day, 0) >= per_day:
        day += timedelta(days=1)
    return max(due, datetime.combine(day, _OPENS, local)).astimezone(UTC) if day > due.astimezone(local).date() else due


def day_of(moment: datetime, zone: str) -> date:
    """Return the day of a moment (aware) on the calendar of a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
