"""Days on which some rules let nothing leave: holidays of the US, its states, Canada and its provinces.

The days, and those on which they are observed, are those of the package `holidays`, which is data alone.
"""

from datetime import date
from functools import cache

import holidays

US_FEDERAL = "us_federal"
"""US federal holidays (5 U.S.C. 6103)."""

_FEDERAL = frozenset(holidays.country_holidays("US", years=range(2020, 2101), expand=False))
"""Made at import: workflows count working days, and their sandbox forbids what the package does when it makes a table."""


def is_federal_holiday(day: date) -> bool:
    """Return whether `day` is a US federal holiday or the weekday on which one is observed; known for 2020 to 2100."""
    return day in _FEDERAL


def is_holiday(calendar: str, day: date) -> bool:
    """Return whether a calendar has a date, as itself or as the day on which it is observed.

    Args:
        calendar: `us_federal`; a US state, such as `US-LA`, whose own holidays come beside the federal ones, which some
            states do not keep; `CA`; or a province, such as `CA-QC`.
        day: a local date.

    Raises:
        KeyError: there is no such calendar.
    """
    return day in _days(calendar, day.year)


@cache
def calendars() -> frozenset[str]:
    """Return the names of all calendars."""
    known = holidays.list_supported_countries()
    places = (f"{country}-{place}" for country in ("US", "CA") for place in known[country])
    return frozenset((US_FEDERAL, "CA", *places))


@cache
def _days(calendar: str, year: int) -> frozenset[date]:
    """Return the days of one year, made once: the package's own tables grow while they are read, which threads must not see."""
    if calendar not in calendars():
        raise KeyError(calendar)
    country, _, place = ("US", "", "") if calendar == US_FEDERAL else calendar.partition("-")
    wanted = [place or None, None] if country == "US" else [place or None]
    years = (year, year + 1)  # New Year's Day may be observed on the last day of the year before
    found = [holidays.country_holidays(country, subdiv=part, years=years, expand=False) for part in wanted]
    return frozenset(day for table in found for day in table if day.year == year)
