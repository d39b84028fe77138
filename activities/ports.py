"""The outside, as the activities see it. PostgreSQL and the providers implement these; `worker.py` chooses."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from models.drafting import Drafted, DraftSource, Material, Written
from models.enrollment import DraftMessage, Enrollment
from models.handoff import CrmRecord, LeadForCrm, PreparedHandoff
from models.notices import ApprovalNotice
from models.outreach import SignalClaim, Situation
from models.pausing import Watched
from models.provider_answers import Answer
from models.reconciling import Doubt, Listed, Look
from models.sending import Claimed, Envelope, SendResult, SendStep
from models.terms import ApprovalPolicy
from models.wording.judging import Findings
from models.wording.slots import Filled


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


class Handoffs(Protocol):
    """Handoffs and undos. See `models.database.handoffs`."""

    def prepare(self, run_id: UUID) -> PreparedHandoff:
        """Register the undo and note the handoff."""
        ...

    def snapshot(self, handoff_id: UUID, found: dict[str, Any]) -> None:
        """Keep what the CRM held before our first write."""
        ...

    def accepted(self, handoff_id: UUID, contact_id: str, deal_id: str, written: dict[str, Any]) -> None:
        """Record that the CRM has the lead."""
        ...

    def given_to_person(self, handoff_id: UUID, reason: str) -> None:
        """Record that the CRM does not get the lead by itself."""
        ...

    def postponed(self, handoff_id: UUID, reason: str, wait: timedelta) -> None:
        """Record a call that failed, and when the next one is due."""
        ...

    def due(self, limit: int = 20) -> list[PreparedHandoff]:
        """Return handoffs to offer now."""
        ...

    def switch_off(self, reason: str) -> None:
        """Offer the CRM nothing more until a person has switched it on again."""
        ...

    def is_switched_off(self) -> bool:
        """Return whether nothing is to be offered to the CRM."""
        ...

    def of_run(self, run_id: UUID) -> PreparedHandoff | None:
        """Return the handoff of a run as stored."""
        ...


class Crm(Protocol):
    """The client's CRM. Every call may be repeated. All raise TryAgain, or CrmRefusal if repeating cannot help.

    CrmGone is the refusal of a CRM that wants nothing more.
    """

    @property
    def waits(self) -> Sequence[timedelta]:
        """How long to wait after each failed call in a row; after the last one a person is told."""
        ...

    @property
    def can_be_asked(self) -> bool:
        """Whether `find` tells what the CRM holds. A web hook is only told: its receiver decides what to take back."""
        ...

    def find(self, key: str) -> CrmRecord | None:
        """Return what the CRM holds under our key, or None."""
        ...

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        """Create or update the lead under our key."""
        ...

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        """Take out of use what we created, so that people see it and can bring it back; nothing is deleted."""
        ...

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Write earlier values back, by object kind (`contact`, `deal`). An empty value empties the property."""
        ...


class Drafter(Protocol):
    """Words a text. What it gives back is untrusted."""

    @property
    def name(self) -> str:
        """The author of what it writes."""
        ...

    def draft(self, material: Material) -> Written:
        """Return a text with its slots open. Raises TryAgain, or DrafterRefusal if there is no usable text."""
        ...


class Drafts(Protocol):
    """Drafts that wait for their first text. See `models.database.drafting`."""

    def written(self, draft_id: UUID) -> Drafted | None:
        """Return a draft that has a text."""
        ...

    def material(self, draft_id: UUID) -> Material:
        """Return what it is to be written from."""
        ...

    def look(self, draft_id: UUID, text: Filled) -> Findings:
        """Return what the checks find in a text for it."""
        ...

    def keep(self, draft_id: UUID, text: Filled, source: DraftSource, author: str, note: str) -> Drafted:
        """Give it its first text."""
        ...


class UnreviewedHolds(Protocol):
    """Possible opt-outs that nobody has decided on."""

    def lapse(self) -> int:
        """Turn those whose time is over into opt-outs; return how many. Safe to repeat."""
        ...
