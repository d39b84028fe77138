"""Holidays by a package, compared with rules that were written by hand from the statute, and with lists of states."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from models.holidays import calendars, is_federal_holiday, is_holiday
from models.rule_terms import HolidayTerms
from tests.models.slow_clock import HOLIDAYS, OWN_HOLIDAYS

DAY = timedelta(days=1)
FIXED = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}
FRIDAY, MONDAY, THURSDAY = 5, 1, 4


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _by_statute(day: date) -> bool:
    """5 U.S.C. 6103: fixed days are observed on the nearest weekday, the others are the n-th weekday of a month."""
    weekday = day.isoweekday()
    near = [day, *([day + DAY] if weekday == FRIDAY else []), *([day - DAY] if weekday == MONDAY else [])]
    if any((one.month, one.day) in FIXED for one in near):
        return True
    nth = (day.day + 6) // 7
    if weekday == MONDAY:
        return (day.month, nth) in {(1, 3), (2, 3), (9, 1), (10, 2)} or (day.month == 5 and day.day > 24)
    return (day.month, nth, weekday) == (11, 4, THURSDAY)


def test_federal_holidays_are_those_of_the_statute_for_twelve_years() -> None:
    days = list(_days(date(2024, 1, 1), date(2035, 12, 31)))

    assert [day for day in days if is_federal_holiday(day)] == [day for day in days if _by_statute(day)]


@pytest.mark.parametrize("state", [name for name in OWN_HOLIDAYS if name != "us_federal"])
def test_a_states_own_holidays_come_beside_the_federal_ones(state: str) -> None:
    days = _days(date(2026, 1, 1), date(2027, 12, 31))

    assert {day.isoformat() for day in days if is_holiday(state, day)} == HOLIDAYS | OWN_HOLIDAYS[state]


def test_canada_and_its_provinces_have_their_own() -> None:
    canada_day, saint_jean = date(2026, 7, 1), date(2026, 6, 24)

    assert is_holiday("CA", canada_day)
    assert is_holiday("CA-QC", canada_day)
    assert (is_holiday("CA", saint_jean), is_holiday("CA-QC", saint_jean)) == (False, True)
    assert not is_holiday("CA", date(2026, 7, 4))


def test_a_rule_names_a_calendar_that_exists() -> None:
    assert {"US-LA", "CA-ON", "us_federal"} <= calendars()
    with pytest.raises(ValueError, match="no such calendar"):
        HolidayTerms(calendar="US-XX")
    assert HolidayTerms(calendar="US-LA").shut(date(2026, 2, 17))
