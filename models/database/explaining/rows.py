"""The rows that an explanation is made of. Addresses leave this room masked; names and wording are not read."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.copywriting import SequenceVersion
from models.database.incidents import standing
from models.database.locks import SCOPES_OF_MESSAGE, WITH_SEQUENCE
from models.database.permission.approval_standing import STATE
from models.database.permission.consent import Address
from models.database.permission.consent_history import history
from models.database.review_requests.job_rows import job_of
from models.explaining.known import RunKnown
from models.explaining.phrases import Row
from models.terms import Channel, RunKind

_OF_MESSAGE = """
    m.id, m.client_id, m.run_id, m.step, m.occurrence, m.position, m.audience, m.channel, m.provider, m.address,
    m.address_hash, m.time_zones, m.immediate, m.consent_needed, m.content_hash, m.approved_hash, m.state, m.reason,
    m.failure_class, m.delivery, m.fence, m.lease_until, m.lifetime, m.expires_at, m.provider_message_id, m.next_check_at,
    m.checks_done, m.turn_at, m.gate, m.window_decision, m.planned_at, m.accepted_at, m.escalated_at
"""
_FROM = (
    f"SELECT {_OF_MESSAGE}, {SCOPES_OF_MESSAGE} AS scopes FROM message m JOIN run r ON r.id = m.run_id {WITH_SEQUENCE}"
)
_MESSAGE = text(f"{_FROM} WHERE m.id = :message")
_MESSAGES = text(f"{_FROM} WHERE m.run_id = :run ORDER BY m.audience, m.position, m.occurrence, m.planned_at")
_RUN = text(
    """
    SELECT r.id, r.kind, r.client_id, r.lead_id, r.state, r.outcome, r.owner, r.escalation_owner, r.requested_by,
        r.requested_at, r.started_at, r.closed_at, r.stop_requested_by, r.roll_back_requested_by, r.away_until, c.key AS client,
        s.key AS sequence, s.definition,
        (SELECT max(e.at) FROM event e WHERE e.run_id = r.id AND e.kind = 'rolled_back') AS rolled_back_at
    FROM run r JOIN client c ON c.id = r.client_id LEFT JOIN sequence s ON s.id = r.sequence_id WHERE r.id = :run
    """
)
_APPROVAL = text(
    f"""
    SELECT a.id, a.approver, a.requested_at, a.expires_at, a.escalated_at, d.approver AS decided_by,
        CASE WHEN {STATE} IN ('approved', 'rejected') THEN d.decision END AS decision,
        d.at AS decided_at, d.reason AS decision_reason
    FROM approval a LEFT JOIN LATERAL (SELECT * FROM decision WHERE approval_id = a.id ORDER BY id DESC LIMIT 1) d ON true
    WHERE a.subject = 'run' AND a.subject_id = :run AND a.review = 'owner' AND a.superseded_at IS NULL
    """
)
_REPLIES = text("SELECT id, run_id, at, channel, label, ends_automation FROM reply WHERE run_id = :run ORDER BY at")
_TASKS = text(
    """
    SELECT id, kind, subject, owner, instruction, run_id, message_id, opened_at, closed_at, closed_by
    FROM owner_task WHERE run_id = :run ORDER BY opened_at
    """
)
_OUTBOX = text("SELECT next_try_at, last_error FROM outbox WHERE run_id = :run")
_ATTEMPTS = text(
    """
    SELECT message_id, fence, worker, started_at, outcome, reason, ended_at FROM attempt
    WHERE message_id = :message ORDER BY fence
    """
)
_EVIDENCE = text(
    "SELECT fence, at, source, kind, reason, provider_message_id FROM evidence WHERE message_id = :message ORDER BY id"
)
_EVENTS = text("SELECT at, kind, reason, source, actor, facts FROM event WHERE message_id = :message ORDER BY id")
_RESEND = text(
    """
    SELECT fence, asked_by, asked_at, reason, confirmed_by, confirmed_at, looked_at, result FROM resend
    WHERE message_id = :message ORDER BY fence DESC LIMIT 1
    """
)
_OF_CONSENT = {"id", "at", "status", "kind", "source", "scope", "actor", "evidence", "wording_version"}


def message(session: Session, message_id: UUID) -> Row | None:
    """Return a message, or None."""
    return _first(session, _MESSAGE, {"message": message_id})


def messages(session: Session, run_id: UUID) -> list[Row]:
    """Return the messages of a run: those to the contact in the order of the steps, then notices to colleagues."""
    return _all(session, _MESSAGES, {"run": run_id})


def run(session: Session, run_id: UUID) -> RunKnown | None:
    """Return what is known of a run, or None."""
    where = {"run": run_id}
    row = _first(session, _RUN, where)
    if row is None:
        return None
    sequence = SequenceVersion.model_validate(row["definition"]) if row["definition"] else None
    steps = {step.key: (step.delay, step.response_window) for step in sequence.steps} if sequence else {}
    return RunKnown(
        row=row,
        messages=[found for found in messages(session, run_id) if found["audience"] == "contact"],
        tasks=_all(session, _TASKS, where),
        approval=_first(session, _APPROVAL, where),
        replies=_all(session, _REPLIES, where),
        steps=steps,
        repeat_after=sequence.repeat_after if sequence else timedelta(0),
        escalate_after=sequence.escalate_approval_after if sequence else timedelta(0),
        announcement=_first(session, _OUTBOX, where),
        rolled_back_at=row["rolled_back_at"],
        job=job_of(session, run_id) if row["kind"] == RunKind.REVIEW_REQUEST else None,
        incident=standing.look(session, run_id) if row["kind"] == RunKind.INCIDENT_NOTICE else None,
    )


def attempts(session: Session, message_id: UUID) -> list[Row]:
    """Return every call of a message, oldest first."""
    return _all(session, _ATTEMPTS, {"message": message_id})


def evidence(session: Session, message_id: UUID) -> list[Row]:
    """Return what was said about its calls, oldest first."""
    return _all(session, _EVIDENCE, {"message": message_id})


def events(session: Session, message_id: UUID) -> list[Row]:
    """Return the log of a message, oldest first."""
    return _all(session, _EVENTS, {"message": message_id})


def newest_resend(session: Session, message_id: UUID) -> Row | None:
    """Return the newest wish to send it again."""
    return _first(session, _RESEND, {"message": message_id})


def consent_of(
    session: Session, client_id: UUID, channel: str, address_hash: str, until: datetime | None = None
) -> list[Row]:
    """Return the consent events of an address, oldest first; those up to a moment if one is named."""
    events = history(session, Address(client_id, Channel(channel), address_hash))
    known = [event for event in events if until is None or (event.at is not None and event.at <= until)]
    return [event.model_dump(include=_OF_CONSENT) for event in known]


def _all(session: Session, query: Any, where: dict[str, Any]) -> list[Row]:
    return [dict(row) for row in session.execute(query, where).mappings()]


def _first(session: Session, query: Any, where: dict[str, Any]) -> Row | None:
    found = session.execute(query, where).mappings().first()
    return dict(found) if found else None
