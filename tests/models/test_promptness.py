from datetime import UTC, datetime, timedelta

import pytest

from models.leads.promptness import AnswerState, promptness
from models.leads.terms import LeadEventState, Way

CALLED = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return CALLED + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("answered", "now", "state", "words"),
    [
        (10, 60, AnswerState.ON_TIME, "answered 10 minutes after the call; the target is 10"),
        (10.01, 60, AnswerState.LATE, "answered 10 minutes after the call; the target is 10"),
        (None, 10, AnswerState.WAITING, "not answered; the call was 10 minutes ago; the target is 10"),
        (None, 11, AnswerState.OVERDUE, "not answered; the call was 11 minutes ago; the target is 10"),
    ],
)
def test_a_missed_call_is_answered_promptly_within_ten_minutes(
    answered: float | None, now: float, state: AnswerState, words: str
) -> None:
    answered_at = None if answered is None else minutes(answered)
    found = promptness(Way.CALLRAIL, LeadEventState.ACCEPTED, CALLED, answered_at, minutes(now))

    assert found is not None
    assert (found.state, found.in_words, found.due_at) == (state, words, minutes(10))


@pytest.mark.parametrize(
    ("way", "state"), [(Way.ANGI, LeadEventState.ACCEPTED), (Way.CALLRAIL, LeadEventState.IGNORED)]
)
def test_nothing_else_has_a_target(way: Way, state: LeadEventState) -> None:
    assert promptness(way, state, CALLED, None, minutes(60)) is None
