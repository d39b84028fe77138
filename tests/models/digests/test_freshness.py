"""Whether a report can be built."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.digests.figures import Period
from models.digests.freshness import Readiness, SourceState, SourceStatus, coverage, readiness, status_of

WEEK = Period(first=date(2026, 11, 9), last=date(2026, 11, 15))
MONDAY, LATEST = date(2026, 11, 16), date(2026, 11, 20)


def source(**known: Any) -> SourceState:
    return SourceState(**{"source": "search_console", "is_required": True, "complete_through": WEEK.last} | known)


@pytest.mark.parametrize(
    ("known", "today", "status"),
    [
        ({}, MONDAY, SourceStatus.FRESH),
        ({"complete_through": date(2026, 11, 13)}, MONDAY, SourceStatus.LAGGING),
        ({"complete_through": date(2026, 11, 13)}, date(2026, 11, 19), SourceStatus.STALE),
        ({"complete_through": None}, MONDAY, SourceStatus.LAGGING),
        ({"covered_days": 5}, MONDAY, SourceStatus.PARTIAL),
        ({"auth_lost_at": datetime(2026, 11, 14, tzinfo=UTC)}, MONDAY, SourceStatus.AUTH_LOST),
        ({"is_connected": False}, MONDAY, SourceStatus.NOT_CONNECTED),
    ],
)
def test_a_source_stands_as_its_data_does(known: dict[str, Any], today: date, status: SourceStatus) -> None:
    assert status_of(source(**known), WEEK, today) is status


def test_a_report_is_built_once_every_source_is_complete() -> None:
    assert readiness((source(), source(source="calls")), WEEK, MONDAY) is Readiness.BUILD


def test_it_waits_for_what_is_late_until_its_latest_day_and_then_says_so() -> None:
    late = source(complete_through=date(2026, 11, 13))
    assert readiness((late,), WEEK, MONDAY) is Readiness.WAIT
    assert readiness((late,), WEEK, LATEST) is Readiness.BUILD_WITH_CAVEATS


def test_it_is_held_for_a_person_if_a_source_it_needs_gave_nothing() -> None:
    nothing = source(complete_through=date(2026, 11, 1), auth_lost_at=datetime(2026, 11, 2, tzinfo=UTC))
    assert readiness((nothing,), WEEK, LATEST) is Readiness.HOLD
    can_do_without = nothing.model_copy(update={"is_required": False})
    assert readiness((can_do_without, source(source="calls")), WEEK, LATEST) is Readiness.BUILD_WITH_CAVEATS


def test_coverage_is_the_share_of_days_with_data() -> None:
    assert coverage(source(), WEEK) == 1
    assert coverage(source(complete_through=date(2026, 11, 12)), WEEK) == pytest.approx(4 / 7)
    assert coverage(source(complete_through=date(2026, 11, 1)), WEEK) == 0
    assert coverage(source(covered_days=7), WEEK) == 1
    assert coverage(source(is_connected=False), WEEK) == 0
