from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.business_days import is_business_day, one_business_day_after

DENVER = "America/Denver"
FIRST, LAST = datetime(2024, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001  (the strategy adds the zone)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-16T17:00:00-07:00", "2026-11-17T17:00:00-07:00"),
        ("2026-11-20T17:00:00-07:00", "2026-11-23T17:00:00-07:00"),
        ("2026-11-21T09:00:00-07:00", "2026-11-23T09:00:00-07:00"),
        ("2026-10-30T12:00:00-06:00", "2026-11-02T12:00:00-07:00"),  # over the end of daylight saving time
        ("2026-11-25T12:00:00-07:00", "2026-11-27T12:00:00-07:00"),  # over Thanksgiving
    ],
)
def test_a_business_day_ends_at_the_same_hour_of_the_next_working_day(moment: str, due: str) -> None:
    assert one_business_day_after(datetime.fromisoformat(moment), DENVER) == datetime.fromisoformat(due)


@given(st.datetimes(FIRST, LAST, timezones=st.just(UTC)))
def test_it_is_a_business_day_at_most_four_days_away(moment: datetime) -> None:
    due = one_business_day_after(moment, DENVER)
    assert is_business_day(due.date())
    assert timedelta(hours=22) < due - moment < timedelta(hours=98)
