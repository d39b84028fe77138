"""Who is asked for a review."""

from datetime import UTC, datetime, timedelta

import pytest

from models.review_requests.eligibility import Eligibility, Job, JobState, NotAsked, judge

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
DONE = Job(state=JobState.COMPLETED, completed_at=NOW - timedelta(minutes=30), has_consent=True)


def test_a_customer_is_asked_two_hours_after_the_job() -> None:
    assert judge(DONE, NOW) == Eligibility(ask_from=DONE.completed_at + timedelta(hours=2))  # type: ignore[operator]
    earlier = DONE.model_copy(update={"completed_at": NOW - timedelta(days=1)})
    assert judge(earlier, NOW) == Eligibility(ask_from=NOW)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": JobState.UNFINISHED}, NotAsked.JOB_NOT_COMPLETED),
        ({"state": JobState.CANCELLED}, NotAsked.JOB_NOT_COMPLETED),
        ({"state": JobState.REFUNDED}, NotAsked.JOB_NOT_COMPLETED),
        ({"completed_at": None}, NotAsked.JOB_NOT_COMPLETED),
        ({"opted_out": True}, NotAsked.OPTED_OUT),
        ({"has_consent": False}, NotAsked.NO_CONSENT),
        ({"asked_for_this_job": True}, NotAsked.ASKED_FOR_THIS_JOB),
        ({"last_asked_at": NOW - timedelta(days=89)}, NotAsked.ASKED_LATELY),
        ({"is_staff_or_family": True}, NotAsked.STAFF_OR_FAMILY),
        ({"is_minor": True}, NotAsked.MINOR),
        ({"completed_at": NOW - timedelta(days=8)}, NotAsked.TOO_LONG_AGO),
    ],
)
def test_the_reasons_not_to_ask_say_nothing_of_what_the_customer_may_think(
    change: dict[str, object], reason: NotAsked
) -> None:
    assert judge(DONE.model_copy(update=change), NOW) == Eligibility(not_asked=reason)


def test_an_open_complaint_delays_and_never_excludes_however_long_it_takes() -> None:
    complaint = DONE.model_copy(update={"complaint_open": True, "completed_at": NOW - timedelta(days=20)})
    assert judge(complaint, NOW) == Eligibility(waits_for_complaint=True)


def test_nothing_about_a_job_tells_a_rating_or_a_mood() -> None:
    told = {"rating", "stars", "sentiment", "score", "nps", "mood", "satisfaction", "happy"}
    assert not any(word in field for field in Job.model_fields for word in told)
