"""Which days a report is about, in the client's calendar."""

from datetime import UTC, date, datetime

import pytest

from models.digests.figures import Period
from models.digests.periods import Cadence, before, bounds, containing, last_closed


def days(first: str, last: str) -> Period:
    return Period(first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("cadence", "at", "closed"),
    [
        (Cadence.WEEKLY, "2026-11-16T07:00+00:00", days("2026-11-09", "2026-11-15")),
        # Still Sunday in Denver.
        (Cadence.WEEKLY, "2026-11-16T06:59+00:00", days("2026-11-02", "2026-11-08")),
        (Cadence.MONTHLY, "2026-12-01T07:00+00:00", days("2026-11-01", "2026-11-30")),
        (Cadence.MONTHLY, "2026-12-01T06:59+00:00", days("2026-10-01", "2026-10-31")),
        (Cadence.MONTHLY, "2027-01-15T12:00+00:00", days("2026-12-01", "2026-12-31")),
    ],
)
def test_a_period_is_over_at_midnight_where_the_client_is(cadence: Cadence, at: str, closed: Period) -> None:
    assert last_closed(cadence, "America/Denver", datetime.fromisoformat(at)) == closed


def test_the_period_before_is_of_the_same_kind() -> None:
    assert before(days("2026-03-01", "2026-03-31"), Cadence.MONTHLY) == days("2026-02-01", "2026-02-28")
    assert before(days("2026-01-05", "2026-01-11"), Cadence.WEEKLY) == days("2025-12-29", "2026-01-04")


def test_a_day_is_in_one_period_of_each_kind() -> None:
    assert containing(Cadence.WEEKLY, date(2026, 11, 15)) == days("2026-11-09", "2026-11-15")
    assert containing(Cadence.MONTHLY, date(2028, 2, 29)) == days("2028-02-01", "2028-02-29")


def test_a_period_over_the_change_of_clocks_has_its_own_bounds() -> None:
    begins, over = bounds(days("2026-11-01", "2026-11-07"), "America/Denver")
    assert begins.astimezone(UTC) == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert over.astimezone(UTC) == datetime(2026, 11, 8, 7, tzinfo=UTC)
