"""Who is asked for a review."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

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


def test_the_time_that_a_complaint_took_does_not_make_the_job_old() -> None:
    settled = DONE.model_copy(
        update={"completed_at": NOW - timedelta(days=30), "complaint_settled_at": NOW - timedelta(days=1)}
    )
    assert judge(settled, NOW) == Eligibility(ask_from=NOW)


def test_waiting_for_ones_turn_does_not_make_the_job_old() -> None:
    scheduled = DONE.model_copy(update={"completed_at": NOW - timedelta(days=9), "is_scheduled": True})
    assert judge(scheduled, NOW) == Eligibility(ask_from=NOW)


def test_a_location_says_how_long_it_waits_and_how_long_it_leaves_people_alone() -> None:
    earlier = DONE.model_copy(update={"last_asked_at": NOW - timedelta(days=100)})
    assert judge(earlier, NOW, cool_down=timedelta(days=180)).not_asked is NotAsked.ASKED_LATELY
    assert DONE.completed_at
    assert judge(DONE, NOW, asked_after=timedelta(hours=24)).ask_from == DONE.completed_at + timedelta(hours=24)


@given(
    told=some.dictionaries(
        some.sampled_from(
            ["rating", "stars", "starRating", "sentiment", "score", "nps", "mood", "satisfaction", "comment"]
        ),
        some.one_of(some.integers(-10, 10), some.text(max_size=10), some.booleans()),
    ),
    state=some.sampled_from(list(JobState)),
    complaint=some.booleans(),
    days=some.integers(0, 20),
)
def test_no_rating_that_anybody_might_tell_changes_who_is_asked(
    told: dict[str, object], state: JobState, complaint: bool, days: int
) -> None:
    known = {
        "state": state,
        "completed_at": NOW - timedelta(days=days),
        "has_consent": True,
        "complaint_open": complaint,
    }
    assert judge(Job.model_validate(known | told), NOW) == judge(Job.model_validate(known), NOW)
