"""What ends a review request, by what the rows say. What a review says is not among it. Pure."""

from models.failure_classes import FailureClass
from models.outreach import Situation
from models.review_requests.terms import ReviewOutcome
from models.review_requests.travelling import JobNews
from models.sending import NotSentReason
from models.terms import IN_DOUBT, ApprovalState, MessageState

_SUPPRESSED = (
    NotSentReason.OPTED_OUT,
    NotSentReason.NO_CONSENT,
    NotSentReason.FOLLOW_UP_OVER,
    NotSentReason.EXPIRED,
)
_CHANNEL_IS_DEAD = frozenset(set(FailureClass) - {FailureClass.BUG, FailureClass.CONTENT})


def ended_by(now: Situation, job: JobNews) -> ReviewOutcome | None:
    """Return what ends the request at once, if anything does. What a person asked for comes before what the customer did."""
    ends = {
        ReviewOutcome.ROLLED_BACK: now.rolled_back,
        ReviewOutcome.STOPPED: now.stopped,
        ReviewOutcome.COMPLAINT_OPENED: now.reply is not None and job.complained,
        ReviewOutcome.SUPPRESSED: now.opted_out or job.not_asked is not None and not job.is_off,
        ReviewOutcome.REPLIED_PRIVATE: now.reply is not None,
        ReviewOutcome.CANCELLED: job.is_off,
        ReviewOutcome.REVIEWED: job.reviewed is not None,
        ReviewOutcome.NOT_APPROVED: now.approval in (ApprovalState.REJECTED, ApprovalState.EXPIRED),
    }
    return next((outcome for outcome, stands in ends.items() if stands), None)


def ended_unanswered(now: Situation) -> ReviewOutcome:
    """Return how a request ends that has taken all its steps, and nothing was observed."""
    if any(message.state in IN_DOUBT for message in now.messages):
        return ReviewOutcome.GIVEN_TO_PERSON
    if any(message.state is MessageState.ACCEPTED and message.failure is None for message in now.messages):
        return ReviewOutcome.EXPIRED
    if not now.messages or any(message.reason in _SUPPRESSED for message in now.messages):
        return ReviewOutcome.SUPPRESSED
    return ReviewOutcome.FAILED


def why_not(now: Situation) -> str:
    """Return why a customer is not asked, or no further, as a code; for an end that no rule of eligibility has named."""
    if now.opted_out:
        return NotSentReason.OPTED_OUT
    reasons = (message.reason or message.failure for message in now.messages)
    return next((reason.value for reason in reasons if reason and reason is not NotSentReason.RUN_ENDED), "no_channel")


def was_sent(now: Situation, step: str) -> bool:
    """Return whether a message has left, and nothing says that it arrived nowhere."""
    news = now.message(step, 1)
    return news is not None and news.state is MessageState.ACCEPTED and news.failure is None


def did_not_reach(now: Situation, step: str) -> bool:
    """Return whether a message is known to have reached nobody, for a reason that another channel may not have."""
    news = now.message(step, 1)
    if news is None:
        return False
    return news.failure in _CHANNEL_IS_DEAD or news.reason is NotSentReason.BAD_ADDRESS
