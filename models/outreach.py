"""What travels between the outreach workflow and its activities: ids, enums and times, never a name or wording."""

from datetime import datetime, timedelta
from uuid import UUID

from models.failure_classes import FailureClass
from models.frozen import Frozen
from models.replies import ReplyLabel
from models.terms import ApprovalState, Channel, Control, DecisionKind, MessageState, OutreachOutcome, RunState


class OutreachOrder(Frozen):
    """The input of `OutreachSequence`."""

    run_id: UUID


class PlannedStep(Frozen):
    """One step of the sequence as this run will take it."""

    key: str
    channel: Channel
    delay: timedelta
    """Wait before this step, counted from the end of the step before."""
    response_window: timedelta
    """How long to wait for a reply before moving on."""


class OutreachPlan(Frozen):
    """What the run will do, fixed when it starts: running enrolments stay on the version they began with."""

    run_id: UUID
    client_id: UUID
    owner: str
    escalation_owner: str
    steps: tuple[PlannedStep, ...]
    approval_deadline: timedelta | None = None
    """How long to wait for approval of this run; None if every template version is approved already."""
    escalate_approval_after: timedelta = timedelta(hours=4)
    notify_approver: bool = False


class MessageNews(Frozen):
    """How one message of the run stands."""

    step: str
    occurrence: int
    state: MessageState
    failure: FailureClass | None = None
    """Set once the provider has said that the message was not delivered."""


class Situation(Frozen):
    """What the rows say about a run, read in one statement. The workflow decides on this and on nothing else."""

    approval: ApprovalState = ApprovalState.APPROVED
    reply: ReplyLabel | None = None
    opted_out: bool = False
    stopped: bool = False
    rolled_back: bool = False
    paused_by: str | None = None
    """The scope that pauses this run, such as `client`; None if nothing does."""
    messages: tuple[MessageNews, ...] = ()

    def message(self, step: str, occurrence: int) -> MessageNews | None:
        """Return the newest news of one message, or None if it was never planned."""
        return next((m for m in self.messages if m.step == step and m.occurrence == occurrence), None)


class SignalClaim(Frozen):
    """What a person typed into a signal box. It has no authority until an activity has checked it."""

    run_id: UUID
    signal: str
    decision: DecisionKind | None = None
    control: Control | None = None
    code: str | None = None
    problem: str | None = None
    """Why the signal cannot be used, such as `2 arguments instead of 1`; None if it is well formed."""


class StateChange(Frozen):
    """What the run is doing now, for lists and search."""

    run_id: UUID
    state: RunState


class Closing(Frozen):
    """The end of a run."""

    run_id: UUID
    outcome: OutreachOutcome


class RunReference(Frozen):
    """An activity input that needs nothing but the run."""

    run_id: UUID


class UndoReport(Frozen):
    """What became of every registered undo of a run: counts by end, newest undo first."""

    undone: int = 0
    nothing_to_undo: int = 0
    given_to_person: int = 0
    at: datetime | None = None
