"""The outside, as the activities see it. PostgreSQL and the providers implement these; `worker.py` chooses."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from models.enrollment import DraftMessage, Enrollment
from models.notices import ApprovalNotice
from models.outreach import SignalClaim, Situation
from models.pausing import Watched
from models.provider_answers import Answer
from models.reconciling import Doubt, Listed, Look
from models.sending import Claimed, Envelope, SendResult, SendStep
from models.terms import ApprovalPolicy


class Channel(Protocol):
    """A way to send. One request per call, no retries, a fresh connection each time."""

    def send(self, envelope: Envelope) -> Answer:
        """Make one call and say what its answer proves. Raises nothing: what is not understood is unknown."""
        ...


class SentList(Protocol):
    """A provider that can be asked what it has accepted."""

    def sent_to(self, address: str, since: datetime) -> Iterable[Listed]:
        """Return messages to `address` created at or after `since`. Raises TryAgain."""
        ...


class Ledger(Protocol):
    """Claim, look once more, record. See `models.database.sending.ledger`."""

    def claim(self, step: SendStep, workflow_run_id: str, activity_attempt: int) -> Claimed | SendResult:
        """Commit the right to one call, or say why there is none."""
        ...

    def may_still_leave(self, claimed: Claimed) -> bool:
        """Look once more just before the call."""
        ...

    def record(self, claimed: Claimed, answer: Answer) -> SendResult:
        """Record what came of the call."""
        ...


class Doubts(Protocol):
    """The reconciler's side of the ledger. See `models.database.doubts.reconciliation`."""

    def end_leases(self) -> int:
        """Turn calls whose worker never reported into unknown outcomes."""
        ...

    def tidy(self) -> None:
        """Close what news has settled meanwhile: wishes to send again, the task about missing events."""
        ...

    def due(self, limit: int = 20) -> list[Doubt]:
        """Return messages to look up now."""
        ...

    def put_back(self, doubts: Sequence[Doubt]) -> None:
        """Leave messages due that could not be looked up now."""
        ...

    def compare(self, doubt: Doubt, listed: Iterable[Listed]) -> Look:
        """Return what a provider's list proves of a doubt."""
        ...

    def look_at_events(self, doubt: Doubt) -> Look:
        """Return what the silence of a provider that keeps no list proves of a doubt."""
        ...

    def found(self, doubt: Doubt, provider_id: str) -> None:
        """Bind what the provider's list shows to the message."""
        ...

    def not_found(self, doubt: Doubt, look: Look) -> bool:
        """Look again later, or give it to a person."""
        ...

    def confirmed(self, limit: int = 20) -> list[Doubt]:
        """Return messages that two people want sent again, to be looked up once more."""
        ...

    def settle_resend(self, doubt: Doubt, look: Look) -> bool:
        """Do what the fresh look allows."""
        ...


class Enrollments(Protocol):
    """Leads in sequences. See `models.database.enrollments`."""

    def load(self, run_id: UUID) -> Enrollment:
        """Return all that the plan of a run is made of."""
        ...

    def plan(self, enrollment: Enrollment, drafts: tuple[DraftMessage, ...]) -> ApprovalPolicy:
        """Store the messages and, if this run needs approval, ask for it; return how its wording is approved."""
        ...

    def notice_for(self, run_id: UUID) -> ApprovalNotice | None:
        """Return what to write to the approver, with a new code; None if nobody wants a notice or it is written."""
        ...

    def plan_notice(self, notice: ApprovalNotice, subject: str, body: str) -> None:
        """Store the notice as a message to the approver, sealed."""
        ...


class Runs(Protocol):
    """Runs and what people ask of them. See `models.database.run_control`."""

    def look(self, run_id: UUID) -> Situation:
        """Return how a run stands."""
        ...

    def settle(self, claim: SignalClaim, principal: str = "") -> None:
        """Turn a typed signal into a row if it may be one; else record the attempt. `principal`: whom the server verified."""
        ...

    def escalate_approval(self, run_id: UUID) -> None:
        """Tell the escalation owner that nobody has decided."""
        ...

    def close(self, run_id: UUID, outcome: str, why: str = "") -> None:
        """Close a run with its one outcome."""
        ...

    def rolled_back(self, run_id: UUID, counts: dict[str, Any]) -> None:
        """Record that every undo has ended."""
        ...


class Principals(Protocol):
    """Whom the workflow server has verified. See `workflows.principals`."""

    def of(self, workflow_id: str, workflow_run_id: str, nth: int) -> str:
        """Return who typed the nth decision of a history, as `type:name`; empty if the server verifies nobody."""
        ...


class WaitingApprovals(Protocol):
    """Approvals that nobody has decided on. See `models.database.permission.approval_watch`."""

    def due(self) -> list[UUID]:
        """Return the approvals about which something may be due."""
        ...

    def see_to(self, approval_id: UUID, write: Callable[[ApprovalNotice], tuple[str, str]]) -> int:
        """Do what is due about one; return how much that was. `write` returns subject and body of a notice."""
        ...

    def unsent(self) -> list[SendStep]:
        """Return the notices that have not left."""
        ...


class Pauses(Protocol):
    """What pauses do by themselves. See `models.database.permission.pause_watch`."""

    def sweep(self) -> Watched:
        """Lift what may be lifted, and pause what is in doubt."""
        ...


class UnreviewedHolds(Protocol):
    """Possible opt-outs that nobody has decided on."""

    def lapse(self) -> int:
        """Turn those whose time is over into opt-outs; return how many. Safe to repeat."""
        ...
