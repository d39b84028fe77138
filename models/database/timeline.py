"""Reading runs: a page of them, and one with all that happened. Nothing here changes a row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from models.database.permission.approval_standing import STATE
from models.database.tables.ledger import Message
from models.database.tables.records import Event, OwnerTask
from models.errors import UnknownRecord

_RUN = """
    SELECT r.id, r.kind, r.state, r.outcome, r.owner, r.escalation_owner, r.requested_by, r.rollback_path, r.client_id,
        r.requested_at, r.started_at, r.closed_at, c.key AS client, s.key AS sequence, s.version AS sequence_version,
        s.title AS sequence_title, s.definition ->> 'follow_up_rule' AS follow_up_rule,
        l.id AS lead_id, l.source AS lead_source, l.service_type, l.disposition, coalesce(l.time_zones, '{}') AS time_zones
    FROM run r JOIN client c ON c.id = r.client_id LEFT JOIN sequence s ON s.id = r.sequence_id
        LEFT JOIN lead l ON l.id = r.lead_id
"""
_ONE = text(f"{_RUN} WHERE r.id = :run")
_PAGE = text(
    f"""
    {_RUN}
    WHERE (CAST(:clients AS uuid[]) IS NULL OR r.client_id = ANY (:clients))
      AND (CAST(:state AS text) IS NULL OR r.state = :state)
      AND (CAST(:outcome AS text) IS NULL OR r.outcome = :outcome)
      AND (CAST(:before AS timestamptz) IS NULL OR (r.requested_at, r.id) < (:before, CAST(:before_id AS uuid)))
    ORDER BY r.requested_at DESC, r.id DESC LIMIT :limit
    """
)
_EVENTS = text(
    """
    SELECT * FROM event WHERE run_id = :run OR (kind IN ('paused', 'resumed') AND at >= :since
        AND at <= coalesce(:until, clock_timestamp())
        AND (facts ->> 'scope' IN ('everything', 'kind:' || :kind, 'sequence:' || :sequence, 'client:' || :client,
                                   'run:' || CAST(:run AS text))
             OR facts ->> 'scope' LIKE 'channel:' || :client || ':%' OR facts ->> 'scope' IN (
                SELECT 'provider:' || m.provider FROM message m WHERE m.run_id = :run AND m.audience = 'contact')))
    ORDER BY id
    """
)
_APPROVAL = text(
    f"""
    SELECT a.id, a.approver, a.requested_by, a.requested_at, a.expires_at, a.content_hash,
        CASE {STATE} WHEN 'approved' THEN 'approve' WHEN 'rejected' THEN d.decision ELSE {STATE} END AS state,
        d.approver AS decided_by, d.channel AS decided_through, d.at AS decided_at
    FROM approval a LEFT JOIN LATERAL (
        SELECT * FROM decision WHERE decision.approval_id = a.id ORDER BY decision.id DESC LIMIT 1) d ON true
    WHERE a.subject = 'run' AND a.subject_id = :run AND a.review = 'owner' AND a.superseded_at IS NULL
    """
)
_REPLIES = text("SELECT at, channel, label, body FROM reply WHERE run_id = :run ORDER BY at")


def run(session: Session, run_id: UUID) -> RowMapping | None:
    """Return one run with its client, sequence and lead, or None."""
    return session.execute(_ONE, {"run": run_id}).mappings().first()


def existing(session: Session, run_id: UUID) -> RowMapping:
    """Return one run with its client, sequence and lead. Raises UnknownRecord."""
    found = run(session, run_id)
    if found is None:
        raise UnknownRecord(f"there is no run {run_id}; see GET /v1/runs")
    return found


def page_of_runs(
    session: Session,
    limit: int,
    clients: Sequence[UUID] | None = None,
    state: str | None = None,
    outcome: str | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[RowMapping]:
    """Return runs of these clients (None: all), newest first; those after the run requested at `before` in that order."""
    moment, run_id = before or (None, None)
    where: dict[str, Any] = {"clients": clients, "state": state, "outcome": outcome}
    where |= {"before": moment, "before_id": run_id, "limit": limit}
    return list(session.execute(_PAGE, where).mappings())


def approval_of(session: Session, run_id: UUID) -> RowMapping | None:
    """Return the valid approval request of a run with its newest decision, or None."""
    return session.execute(_APPROVAL, {"run": run_id}).mappings().first()


def messages_of(session: Session, run_id: UUID) -> list[Message]:
    """Return the messages of a run in the order of its steps."""
    found = select(Message).where(col(Message.run_id) == run_id)
    return list(session.exec(found.order_by(col(Message.position), col(Message.occurrence), col(Message.planned_at))))


def replies_to(session: Session, run_id: UUID) -> list[RowMapping]:
    """Return what the lead wrote back, oldest first."""
    return list(session.execute(_REPLIES, {"run": run_id}).mappings())


def events_of(session: Session, found: RowMapping) -> list[Event]:
    """Return what happened to a run, oldest first, with the pauses of its client that fell into its time."""
    where = {
        "run": found["id"],
        "kind": found["kind"],
        "sequence": found["sequence"],
        "client": str(found["client_id"]),
    }
    query = select(Event).from_statement(_EVENTS)
    return list(session.scalars(query, where | {"since": found["requested_at"], "until": found["closed_at"]}))


def open_tasks_of(session: Session, run_id: UUID) -> list[OwnerTask]:
    """Return what a person must still do about a run, oldest first."""
    found = select(OwnerTask).where(col(OwnerTask.run_id) == run_id, col(OwnerTask.closed_at).is_(None))
    return list(session.exec(found.order_by(col(OwnerTask.opened_at))))
