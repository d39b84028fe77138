"""When readers of an incident hear of it next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.business_days import after_business_time, is_business_day
from models.incidents.cadence import (
    first_notice_due,
    next_update_due,
    summary_due,
)
from models.incidents.states import IncidentSeverity

DENVER = "America/Denver"
MINOR, CRITICAL = IncidentSeverity.MINOR, IncidentSeverity.CRITICAL


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(DENVER))


def test_the_first_notice_is_out_within_a_business_hour() -> None:
    assert first_notice_due(MINOR, _at(18, 10), DENVER) == _at(18, 11)
    assert first_notice_due(MINOR, _at(18, 16, 30), DENVER) == _at(19, 9, 30)
    assert first_notice_due(MINOR, _at(21, 3), DENVER) == _at(23, 10)  # a Saturday


def test_a_critical_one_is_told_within_half_an_hour_at_any_hour() -> None:
    assert first_notice_due(CRITICAL, _at(21, 3), DENVER) == _at(21, 3, 30)


def test_updates_come_every_four_business_hours_and_hourly_if_critical() -> None:
    assert next_update_due(MINOR, _at(18, 9), _at(18, 14), DENVER) == _at(19, 10)
    assert next_update_due(CRITICAL, _at(18, 9), _at(18, 22), DENVER) == _at(18, 23)


def test_after_two_days_they_come_daily() -> None:
    assert next_update_due(CRITICAL, _at(16, 9), _at(18, 22), DENVER) == _at(19, 22)
    assert next_update_due(MINOR, _at(18, 9), _at(20, 22), DENVER) == _at(23, 17)


def test_thanksgiving_is_no_business_day_for_the_summary() -> None:
    assert summary_due(_at(20, 12), DENVER) == _at(30, 17)


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(0, 40 * 60),
)
def test_as_much_business_time_passes_as_was_asked_for(start: datetime, minutes: int) -> None:
    end = after_business_time(start, timedelta(minutes=minutes), DENVER)
    step, counted, at = timedelta(minutes=1), 0, start
    while at < end:
        local = at.astimezone(ZoneInfo(DENVER))
        counted += is_business_day(local.date()) and 9 <= local.hour < 17
        at += step
    assert counted == pytest.approx(minutes, abs=1)
