"""What travels between the review workflow and its activities: ids, enums and times, never a name or wording."""

from datetime import datetime, timedelta
from uuid import UUID

from models.frozen import Frozen
from models.outreach import ApprovalTerms
from models.review_requests.eligibility import JobState, NotAsked
from models.review_requests.matching import MatchConfidence
from models.terms import Channel


class PlannedAsk(Frozen):
    """One message of the request as this run will send it."""

    key: str
    channel: Channel
    delay: timedelta
    """Wait before it, counted from when the message before was sent."""


class ReviewPlan(ApprovalTerms):
    """What the run will do, fixed when it starts."""

    ask: PlannedAsk | None = None
    """None if no text may go to the customer."""
    reminder: PlannedAsk | None = None
    thanks: PlannedAsk | None = None
    approval_deadline: timedelta | None = None
    """How long to wait for approval of this run; None if every template version is approved already."""
    observed_for: timedelta = timedelta(days=14)
    """How long after the last message a review still counts as its answer."""


class ReviewProgress(Frozen):
    """How far a run has come, as far as no row says it: what it takes along into a fresh history."""

    plan: ReviewPlan | None = None
    deadlines: dict[str, datetime] = {}
    """Until when (UTC) a wait under way lasts, or has lasted in vain, by what is awaited."""


class ReviewOrder(Frozen):
    """The input of `ReviewRequest`."""

    run_id: UUID
    progress: ReviewProgress = ReviewProgress()


class JobNews(Frozen):
    """What the rows say about the job of a run, beside what they say about the run itself."""

    state: JobState = JobState.COMPLETED
    not_asked: NotAsked | None = None
    """Why the customer must not be asked any more, or not at all."""
    complaint_open: bool = False
    complained: bool = False
    """Whether what the customer wrote back is a complaint, or a threat with the law."""
    clicked: bool = False
    reviewed: MatchConfidence | None = None
    """How sure it is that a review answers this request; None if none was seen. What it says is not asked."""
    delivered: bool = False
    sent: int = 0
    """Messages of this request that may have reached the customer."""
    last_sent_at: datetime | None = None
    """UTC."""

    @property
    def is_off(self) -> bool:
        """Whether the job is not done after all."""
        return self.state is not JobState.COMPLETED


class Turn(Frozen):
    """Whether the customer may be asked: now, from a moment on (UTC), once a complaint is settled, or not at all."""

    may_ask: bool = False
    ask_from: datetime | None = None
    not_asked: NotAsked | None = None
    waits_for_complaint: bool = False


class NotAskedBecause(Frozen):
    """The end of a request without or before its ask, to be kept with the job."""

    run_id: UUID
    reason: str
