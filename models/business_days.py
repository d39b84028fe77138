"""Working days, for promises that are made in them: Monday to Friday, without US federal holidays."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.holidays import is_federal_holiday

OPENS, CLOSES = time(9), time(17)
_FRIDAY = 5
_DAY = timedelta(days=1)


def is_business_day(day: date) -> bool:
    """Return whether people are at work: a weekday that is no US federal holiday."""
    return day.isoweekday() <= _FRIDAY and not is_federal_holiday(day)


def business_day_after(day: date) -> date:
    """Return the next day on which people are at work."""
    day += _DAY
    while not is_business_day(day):
        day += _DAY
    return day


def one_business_day_after(moment: datetime, zone: str) -> datetime:
    """Return the same hour of the next business day in a zone.

    Args:
        moment: aware.
        zone: IANA name.
    """
    local = moment.astimezone(ZoneInfo(zone))
    return datetime.combine(business_day_after(local.date()), local.timetz())


def after_business_time(start: datetime, amount: timedelta, zone: str) -> datetime:
    """Return the moment when `amount` of business time (9-17 in `zone`) has passed.

    Args:
        start: aware.
        amount: such as four hours; a business day has eight.
        zone: IANA name.
    """
    local = start.astimezone(ZoneInfo(zone))
    day, left = local.date(), amount
    begins = local if is_business_day(day) else None
    while True:
        if begins is not None:
            opens, closes = (datetime.combine(day, wall, ZoneInfo(zone)) for wall in (OPENS, CLOSES))
            begins = max(begins, opens)
            if begins + left <= closes:
                return begins + left
            left -= max(closes - begins, timedelta(0))
        day = business_day_after(day)
        begins = datetime.combine(day, OPENS, ZoneInfo(zone))
