"""What travels between the outreach workflow and its activities: ids, enums and times, never a name or wording."""

from datetime import datetime, timedelta
from uuid import UUID

from models.failure_classes import FailureClass
from models.frozen import Frozen
from models.replies import ReplyLabel
from models.sending import NotSentReason, SendStep, SendTerms
from models.terms import IN_DOUBT, ApprovalState, Channel, Control, DecisionKind, MessageState, OutreachOutcome

_TOO_LATE = (NotSentReason.EXPIRED, NotSentReason.FOLLOW_UP_OVER)


class PlannedStep(Frozen):
    """One step of the sequence as this run will take it."""

    key: str
    channel: Channel
    delay: timedelta
    """Wait before this step, counted from the end of the step before."""
    response_window: timedelta
    """How long to wait for a reply before moving on."""


class ApprovalTerms(SendTerms):
    """How long a run waits for a person's decision on its wording, and who is told meanwhile."""

    approval_deadline: timedelta | None = None
    """How long to wait for approval of this run; None if every template version is approved already."""
    escalate_approval_after: timedelta = timedelta(hours=4)
    notify_approver: bool = False


class OutreachPlan(ApprovalTerms):
    """What the run will do, fixed when it starts: running enrolments stay on the version they began with."""

    steps: tuple[PlannedStep, ...]
    repeat_after: timedelta = timedelta(hours=1)
    """Wait before the one repeat of a message whose delivery failed in a way that may pass."""


class Progress(Frozen):
    """How far a run has come, as far as no row says it: what it takes along into a fresh history."""

    plan: OutreachPlan | None = None
    """None until it is made."""
    taken: int = 0
    """How many steps lie behind it."""
    dead_channels: tuple[Channel, ...] = ()
    """Channels that do not reach the lead."""
    deadlines: dict[str, datetime] = {}
    """Until when (UTC) the step under way waits, or has waited in vain, by what is awaited."""


class OutreachOrder(Frozen):
    """The input of `OutreachSequence`."""

    run_id: UUID
    progress: Progress = Progress()


class MessageNews(Frozen):
    """How one message of the run stands."""

    step: str
    occurrence: int
    state: MessageState
    reason: NotSentReason | None = None
    """Why it will never leave, if that is so."""
    failure: FailureClass | None = None
    """Set once the provider has said that the message was not delivered."""


class Situation(Frozen):
    """What the rows say about a run, read in one statement. The workflow decides on this and on nothing else."""

    approval: ApprovalState = ApprovalState.WAITING
    reply: ReplyLabel | None = None
    opted_out: bool = False
    stopped: bool = False
    rolled_back: bool = False
    paused_by: str | None = None
    """The scope that pauses this run, such as `client`; None if nothing does."""
    stood_still: timedelta = timedelta(0)
    """How long pauses that freeze the clock have held the whole run, until now if one does."""
    stands_still: bool = False
    """Whether such a pause holds it now."""
    messages: tuple[MessageNews, ...] = ()
    away_until: datetime | None = None
    """Until when the lead has said to be away (UTC); they can hardly answer before it."""

    @property
    def ended_by(self) -> OutreachOutcome | None:
        """What ends the run at once, if anything does. What a person asked for comes before what the contact did."""
        if self.rolled_back:
            return OutreachOutcome.ROLLED_BACK
        if self.stopped:
            return OutreachOutcome.STOPPED
        if self.opted_out:
            return OutreachOutcome.OPTED_OUT
        if self.reply is not None:
            return OutreachOutcome.REPLIED
        if self.approval in (ApprovalState.REJECTED, ApprovalState.EXPIRED):
            return OutreachOutcome.NOT_APPROVED
        return None

    @property
    def ended_unanswered(self) -> OutreachOutcome:
        """How a run ends that has taken all its steps without an answer."""
        if any(m.state in IN_DOUBT for m in self.messages):
            return OutreachOutcome.GIVEN_TO_PERSON
        if any(m.state is MessageState.ACCEPTED and m.failure is None for m in self.messages):
            return OutreachOutcome.NO_RESPONSE
        if any(m.reason is NotSentReason.OPTED_OUT for m in self.messages):
            return OutreachOutcome.OPTED_OUT
        if any(m.reason is NotSentReason.NO_CONSENT for m in self.messages):
            return OutreachOutcome.NO_CONSENT
        if self.messages and all(m.reason in _TOO_LATE for m in self.messages):
            return OutreachOutcome.EXPIRED
        return OutreachOutcome.UNREACHABLE

    @property
    def is_decided(self) -> bool:
        """Whether somebody has approved."""
        return self.approval is ApprovalState.APPROVED

    def failure_of(self, order: SendStep) -> FailureClass | None:
        """Return why a message was not delivered, or None as long as nothing says so."""
        news = self.message(order.step, order.occurrence)
        return news.failure if news else None

    def is_settled(self, order: SendStep) -> bool:
        """Return whether it is known if a message was sent."""
        news = self.message(order.step, order.occurrence)
        return news is None or news.state not in IN_DOUBT

    def message(self, step: str, occurrence: int) -> MessageNews | None:
        """Return the newest news of one message, or None if it was never planned."""
        return next((m for m in self.messages if m.step == step and m.occurrence == occurrence), None)


class SignalClaim(Frozen):
    """What a person typed into a signal box. It has no authority until an activity has checked it."""

    run_id: UUID
    signal: str
    decision: DecisionKind | None = None
    control: Control | None = None
    shown: tuple[str, ...] = ()
    """Every text that was typed: the code of a decision, and what may be a code in the wrong place."""
    problem: str | None = None
    """Why the signal cannot be used, such as `2 arguments instead of 1`; None if it is well formed."""
    again: bool = False
    """True if a reset of the run has delivered it once more: it may be older than what the rows say."""
    nth: int = 0
    """Which of the decisions typed into this history it is, from 1; by it the event is found that tells who was verified."""


class Closing(Frozen):
    """The end of a run."""

    run_id: UUID
    outcome: str
    """A value of the outcomes that its kind of run can have, such as `OutreachOutcome`."""
    why: str = ""
    """What made it impossible to go on, as a sentence without personal data; empty for an ordinary end."""


class RunReference(Frozen):
    """An activity input that needs nothing but the run."""

    run_id: UUID


class UndoReport(Frozen):
    """How the registered undos of a run ended, as counts."""

    run_id: UUID
    undone: int = 0
    nothing_to_undo: int = 0
    given_to_person: int = 0
    not_undoable: int = 0
    correction_sent: int = 0
