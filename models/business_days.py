"""Working days, for promises that are made in them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def one_business_day_after(moment: datetime, zone: str) -> datetime:
    """Return the same hour of the next Monday to Friday in a zone. A public holiday counts as a working day.

    Args:
        moment: aware.
        zone: IANA name.
    """
    local = moment.astimezone(ZoneInfo(zone)) + timedelta(days=1)
    while local.weekday() >= SATURDAY:
        local += timedelta(days=1)
    return local
