"""Runs: asked for once, controlled by people, closed with one outcome."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import active_enrollments, events
from models.database.doubts import resend_outcomes
from models.database.events import Origin, Subject, TaskOrder
from models.database.locks import lock_scope, scope_key
from models.database.outbox import announce
from models.database.sending import in_flight
from models.database.tables.records import OwnerTask
from models.database.tables.runs import Run, StartRequest
from models.digests.travelling import DigestOutcome
from models.errors import KeyReusedWithDifferentContent, UnknownRecord
from models.event_kinds import EventKind
from models.review_requests.terms import ReviewOutcome
from models.sending import NotSentReason
from models.terms import OutreachOutcome, PauseScope, RunKind, RunState

ROLLBACK_PATH = "take the lead back from the CRM; a sent message is answered by an approved correction"
_CLAIM_KEY = text(
    "INSERT INTO start_request (actor, idempotency_key, body_hash, run_id, joined) VALUES (:actor, :key, :body, :run, :joined) "
    "ON CONFLICT DO NOTHING RETURNING run_id"
)
# Messages before their run: whoever claims or records holds a message and then writes to its run.
_LOCK_MESSAGES = text("SELECT id FROM message WHERE run_id = :run ORDER BY id FOR NO KEY UPDATE")
_CLOSE = text(
    """
    UPDATE run SET state = 'closed', outcome = :outcome, closed_at = clock_timestamp()
    WHERE id = :run AND closed_at IS NULL RETURNING owner, escalation_owner, client_id, lead_id, kind, roll_back_requested_by
    """
)
_CANCEL_REST = text(
    """
    UPDATE message SET state = 'cancelled', reason = 'run_ended', next_check_at = NULL
    WHERE run_id = :run AND state IN ('planned', 'ready') AND audience <> 'staff'
    RETURNING id, EXISTS (SELECT 1 FROM resend s WHERE s.message_id = message.id AND s.fence = message.fence) AS is_resend
    """
)
# What a reply has said about the lead is more exact than that there was one; what a person or the CRM says counts for itself.
_DISPOSITION = text(
    "UPDATE lead SET disposition = CAST(:disposition AS text) WHERE id = :lead "
    "AND NOT (CAST(:disposition AS text) IN ('replied', 'suppressed') AND disposition LIKE 'lost:%') "
    "AND coalesce((SELECT o.outcome FROM outcome o WHERE o.lead_id = lead.id ORDER BY o.at DESC, o.id DESC LIMIT 1), 'open') "
    "= 'open'"
)
_DISPOSITIONS: dict[str, str] = {
    OutreachOutcome.REPLIED: "replied",
    OutreachOutcome.NO_RESPONSE: "lost:no_response",
    OutreachOutcome.OPTED_OUT: "suppressed",
    OutreachOutcome.NO_CONSENT: "suppressed",
    OutreachOutcome.UNREACHABLE: "invalid",
}


def body_hash(body: dict[str, Any]) -> str:
    """Return the hash by which a repeated start request is recognised: canonical JSON, sha256."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to a start request. `joined`: the run was open before for the same contact; nothing new was started."""

    run_id: UUID
    joined: bool = False


def earlier_start(session: Session, actor: str, key: str, body: str) -> Started | None:
    """Return what this idempotency key was answered with before, or None.

    Raises:
        KeyReusedWithDifferentContent: the key was used for another body.
    """
    found = session.get(StartRequest, (actor, key))
    if found is None:
        return None
    if found.body_hash != body:
        raise KeyReusedWithDifferentContent("this Idempotency-Key was used for a different request")
    return Started(found.run_id, found.joined)


def request(session: Session, run: Run, actor: str, key: str, body: str) -> UUID:
    """Store a new run with its start request and announce it. A key that was just used by another caller wins.

    Raises:
        KeyReusedWithDifferentContent: as `earlier_start`.
    """
    session.add(run)
    session.flush()
    _keep_key(session, actor, key, body, run.id)
    events.record(session, EventKind.RUN_REQUESTED, Origin("api", actor), subject(run), run.kind)
    announce(session, run.id, "start")
    return run.id


def join(session: Session, run_id: UUID, actor: str, key: str, body: str) -> None:
    """Answer a start request with a run that is open already. Raises LostRace as `request` does."""
    _keep_key(session, actor, key, body, run_id, joined=True)
    events.record(session, EventKind.ALREADY_ENROLLED, Origin("api", actor), subject(existing(session, run_id)))


def _keep_key(session: Session, actor: str, key: str, body: str, run_id: UUID, *, joined: bool = False) -> None:
    where = {"actor": actor, "key": key, "body": body, "run": run_id, "joined": joined}
    if session.execute(_CLAIM_KEY, where).first() is None:
        raise LostRace


class LostRace(Exception):
    """Another request with the same idempotency key was stored first; roll back and read what it stored."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a control changed: whether anything, and the messages that were claimed before and may still leave."""

    changed: bool
    in_flight: tuple[UUID, ...] = ()


def stop(session: Session, run_id: UUID, origin: Origin, reason: str = "") -> Change:
    """Ask a run to end; from the commit on nothing more of it is claimed. Safe to repeat."""
    return _request_end(session, run_id, origin, reason, "stop_requested_by", EventKind.STOP_REQUESTED)


def roll_back(session: Session, run_id: UUID, origin: Origin, reason: str = "", **plan: Any) -> Change:
    """Ask a run to end and take back what can be taken back, also after it has closed. Safe to repeat.

    `plan` is what is to be done, for the log; see `models.database.rollbacks`, which people ask.
    """
    return _request_end(
        session, run_id, origin, reason, "roll_back_requested_by", EventKind.ROLL_BACK_REQUESTED, **plan
    )


def _request_end(
    session: Session, run_id: UUID, origin: Origin, reason: str, column: str, kind: EventKind, **facts: Any
) -> Change:
    scope = scope_key(PauseScope.RUN, run_id=run_id)
    lock_scope(session, scope)
    run = existing(session, run_id)
    session.refresh(run)  # it may have been read before the wait for the lock
    if getattr(run, column) is not None or (run.closed_at is not None and kind is EventKind.STOP_REQUESTED):
        return Change(False)
    setattr(run, column, origin.actor)
    session.flush()
    active_enrollments.end(session, run_id)
    change = Change(True, tuple(in_flight.in_flight(session, scope)))
    flying = [str(message) for message in change.in_flight]
    events.record(session, kind, origin, subject(run), reason, in_flight=flying, **facts)
    announce(session, run_id)
    return change


def close(session: Session, run_id: UUID, outcome: str, origin: Origin, why: str = "") -> bool:
    """Close a run with its one outcome and cancel what was not sent. Returns False if it was closed before.

    `why` says what made it impossible to go on, without personal data; it goes to the log and to the owner's task.
    """
    session.execute(_LOCK_MESSAGES, {"run": run_id})
    closed = session.execute(_CLOSE, {"run": run_id, "outcome": outcome}).first()
    if closed is None:
        return False
    active_enrollments.end(session, run_id)
    cancelled = session.execute(_CANCEL_REST, {"run": run_id}).all()
    if closed.lead_id is not None and outcome in _DISPOSITIONS:
        session.execute(_DISPOSITION, {"lead": closed.lead_id, "disposition": _DISPOSITIONS[outcome]})
    about = Subject(closed.owner, closed.client_id, run_id, closed.lead_id)
    events.record(session, EventKind.RUN_CLOSED, origin, about, outcome, **({"why": why} if why else {}))
    moot = select(OwnerTask.kind, OwnerTask.subject).where(
        col(OwnerTask.run_id) == run_id, col(OwnerTask.kind).in_(_MOOT_WHEN_CLOSED), col(OwnerTask.closed_at).is_(None)
    )
    for kind, about_what in session.exec(moot).all():
        events.close_tasks(session, kind, about_what, origin)
    for message_id in (row.id for row in cancelled if row.is_resend):
        told = Subject(closed.escalation_owner, closed.client_id, run_id, closed.lead_id, message_id)
        resend_outcomes.tell_that_it_stays(session, message_id, NotSentReason.RUN_ENDED, told, origin)
    if closed.roll_back_requested_by is not None and outcome != OutreachOutcome.ROLLED_BACK:
        announce(session, run_id)  # asked for after the workflow's last look
    if instruction := _OF_KIND.get(closed.kind, {}).get(outcome) or _CLOSING_TASKS.get(outcome):
        owner = closed.escalation_owner if outcome == OutreachOutcome.GIVEN_TO_PERSON else closed.owner
        about = Subject(owner, closed.client_id, run_id, closed.lead_id)
        events.open_task(
            session, TaskOrder(f"run_{outcome}", str(run_id), instruction, {"why": why} if why else {}), about, origin
        )
    return True


_MOOT_WHEN_CLOSED = ("approval_overdue", "approval_waiting", "approval_delegated", "possible_duplicate")
_CLOSING_TASKS: dict[str, str] = {
    DigestOutcome.NOBODY_RECEIVES: "The report is on the portal, but nobody at the client receives reports. Enter who does.",
    DigestOutcome.HELD_FOR_SOURCES: "A source that the report needs stayed missing. Connect it, then make the digest again.",
    OutreachOutcome.NOT_APPROVED: "The wording was not approved in time or was rejected. Revise it, or close the lead.",
    OutreachOutcome.GIVEN_TO_PERSON: "The sequence could not go on by itself. See why below and its timeline, then decide.",
}
_OF_KIND: dict[str, dict[str, str]] = {
    RunKind.OUTREACH: {
        OutreachOutcome.UNREACHABLE: "No channel reaches this lead. Call, or correct the contact details and start again.",
        OutreachOutcome.EXPIRED: "The messages became stale before they could leave. Decide whether to contact the lead.",
    },
    RunKind.REVIEW_REQUEST: {
        ReviewOutcome.FAILED: "No message reached the customer. Correct their contact details. This job is not asked about again."
    },
}
"""An outcome of the same name may mean another thing for another kind of run."""


def locked(session: Session, run_id: UUID) -> Run:
    """Return a run that nobody else can change or close until commit, with its messages locked before it."""
    session.execute(_LOCK_MESSAGES, {"run": run_id})
    return session.get_one(Run, run_id, with_for_update=True, populate_existing=True)


def existing(session: Session, run_id: UUID) -> Run:
    """Return a run. Raises UnknownRecord."""
    run = session.exec(select(Run).where(col(Run.id) == run_id)).first()
    if run is None:
        raise UnknownRecord(f"no run {run_id}")
    return run


def subject(run: Run, owner: str | None = None) -> Subject:
    """Return what events about a run are about; its own owner answers for it unless another is named."""
    return Subject(owner or run.owner, run.client_id, run.id, run.lead_id)


def move(session: Session, run_id: UUID, state: RunState) -> None:
    """Note what an open run is doing."""
    session.execute(
        text("UPDATE run SET state = :state WHERE id = :run AND closed_at IS NULL AND state <> :state"),
        {"run": run_id, "state": state},
    )
