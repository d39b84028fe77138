"""How a review request ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.failure_classes import FailureClass
from models.outreach import MessageNews, Situation
from models.replies import ReplyLabel
from models.review_requests.eligibility import JobState, NotAsked
from models.review_requests.ending import did_not_reach, ended_by, ended_unanswered, why_not
from models.review_requests.matching import MatchConfidence
from models.review_requests.terms import ReviewOutcome
from models.review_requests.travelling import JobNews
from models.sending import NotSentReason
from models.terms import ApprovalState, MessageState

APPROVED = Situation(approval=ApprovalState.APPROVED)


@pytest.mark.parametrize(
    ("now", "job", "outcome"),
    [
        ({}, {}, None),
        ({"rolled_back": True, "stopped": True}, {}, ReviewOutcome.ROLLED_BACK),
        ({"stopped": True, "reply": ReplyLabel.UNCLEAR}, {}, ReviewOutcome.STOPPED),
        ({"reply": ReplyLabel.COMPLAINT}, {"complained": True}, ReviewOutcome.COMPLAINT_OPENED),
        ({"reply": ReplyLabel.UNCLEAR}, {}, ReviewOutcome.REPLIED_PRIVATE),
        ({"reply": ReplyLabel.UNCLEAR, "opted_out": True}, {}, ReviewOutcome.SUPPRESSED),
        ({}, {"not_asked": NotAsked.MINOR}, ReviewOutcome.SUPPRESSED),
        ({}, {"state": JobState.REFUNDED, "not_asked": NotAsked.JOB_NOT_COMPLETED}, ReviewOutcome.CANCELLED),
        ({}, {"reviewed": MatchConfidence.MEDIUM}, ReviewOutcome.REVIEWED),
        ({"approval": ApprovalState.REJECTED}, {}, ReviewOutcome.NOT_APPROVED),
    ],
)
def test_what_ends_it_at_once(now: dict[str, object], job: dict[str, object], outcome: ReviewOutcome | None) -> None:
    assert ended_by(APPROVED.model_copy(update=now), JobNews().model_copy(update=job)) is outcome


@pytest.mark.parametrize(
    ("messages", "outcome", "why"),
    [
        ([], ReviewOutcome.SUPPRESSED, "no_channel"),
        ([("accepted", None, None)], ReviewOutcome.EXPIRED, "no_channel"),
        ([("accepted", None, "bad_contact"), ("accepted", None, None)], ReviewOutcome.EXPIRED, "bad_contact"),
        ([("accepted", None, "bad_contact")], ReviewOutcome.FAILED, "bad_contact"),
        ([("suppressed", "no_consent", None)], ReviewOutcome.SUPPRESSED, "no_consent"),
        ([("refused", "refused", "content")], ReviewOutcome.FAILED, "refused"),
        ([("escalated", None, None)], ReviewOutcome.GIVEN_TO_PERSON, "no_channel"),
    ],
)
def test_how_it_ends_when_nothing_was_observed(
    messages: list[tuple[str, str | None, str | None]], outcome: ReviewOutcome, why: str
) -> None:
    news = tuple(
        MessageNews(
            step=f"s{number}", occurrence=1, state=MessageState(state),
            reason=NotSentReason(reason) if reason else None, failure=FailureClass(failure) if failure else None,
        )
        for number, (state, reason, failure) in enumerate(messages)
    )  # fmt: skip
    now = APPROVED.model_copy(update={"messages": news})
    assert ended_unanswered(now) is outcome
    assert why_not(now) == why


@given(some.sampled_from(list(FailureClass)))
def test_only_what_another_channel_may_not_have_sends_the_request_the_other_way(failure: FailureClass) -> None:
    news = MessageNews(step="ask", occurrence=1, state=MessageState.ACCEPTED, failure=failure)
    now = APPROVED.model_copy(update={"messages": (news,)})
    assert did_not_reach(now, "ask") is (failure not in (FailureClass.CONTENT, FailureClass.BUG))
