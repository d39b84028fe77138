"""All that the rows know of one run, read in one transaction. Addresses are masked; wording and names are not read."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import masked
from models.database import timeline
from models.errors import UnknownRecord

Rows = list[dict[str, Any]]

_STEERED = text(
    """
    SELECT r.stop_requested_by, r.roll_back_requested_by, o.last_error AS announcement_error
    FROM run r LEFT JOIN outbox o ON o.run_id = r.id WHERE r.id = :run
    """
)
_MESSAGES = text(
    """
    SELECT id, step, occurrence, audience, channel, provider, address, state, reason, failure_class, delivery,
        provider_message_id, gate, planned_at, expires_at, accepted_at, escalated_at, next_check_at, checks_done
    FROM message WHERE run_id = :run ORDER BY audience, position, occurrence
    """
)
_ATTEMPTS = text(
    """
    SELECT a.message_id, a.fence, a.worker, a.started_at, a.outcome, a.reason, a.ended_at
    FROM attempt a JOIN message m ON m.id = a.message_id WHERE m.run_id = :run ORDER BY a.started_at
    """
)
_EVIDENCE = text(
    """
    SELECT e.message_id, e.fence, e.at, e.source, e.kind, e.reason, e.provider_message_id
    FROM evidence e JOIN message m ON m.id = e.message_id WHERE m.run_id = :run ORDER BY e.id
    """
)
_APPROVALS = text(
    """
    SELECT DISTINCT a.id, a.subject, a.approver, a.requested_by, a.requested_at, a.expires_at, a.superseded_at, d.decision,
        d.approver AS decided_by, d.channel AS decided_through, d.at AS decided_at
    FROM approval a JOIN approval_item i ON i.approval_id = a.id
        LEFT JOIN LATERAL (SELECT * FROM decision WHERE approval_id = a.id ORDER BY id DESC LIMIT 1) d ON true
    WHERE a.subject = 'run' AND a.subject_id = :run
       OR a.subject = 'template' AND i.content_hash IN (SELECT approved_hash FROM message WHERE run_id = :run)
    ORDER BY a.requested_at
    """
)
_CONSENT = text(
    """
    SELECT c.at, c.channel, c.status, c.kind, c.source, c.scope, c.actor, c.evidence FROM consent c
    WHERE EXISTS (SELECT 1 FROM message m WHERE m.run_id = :run AND m.audience = 'contact' AND m.client_id = c.client_id
                  AND m.channel = c.channel AND m.address_hash = c.address_hash)
    ORDER BY c.id
    """
)
_TASKS = text(
    """
    SELECT kind, owner, instruction, opened_at, closed_at, closed_by, message_id
    FROM owner_task WHERE run_id = :run ORDER BY opened_at
    """
)


def explain(session: Session, run_id: UUID) -> dict[str, Any]:
    """Return the run, its messages with gate, attempts and evidence, approvals, consent, events and tasks.

    Raises:
        UnknownRecord: there is no such run.
    """
    where = {"run": run_id}
    run = timeline.run(session, run_id)
    if run is None:
        raise UnknownRecord(f"there is no run {run_id}")

    def rows(query: Any) -> Rows:
        return [dict(row) for row in session.execute(query, where).mappings()]

    attempts, evidence = rows(_ATTEMPTS), rows(_EVIDENCE)
    return {
        "run": {**run, **rows(_STEERED)[0]},
        "messages": [_message(row, attempts, evidence) for row in rows(_MESSAGES)],
        "approvals": rows(_APPROVALS),
        "consent": rows(_CONSENT),
        "events": [event.model_dump() for event in timeline.events_of(session, run)],
        "tasks": rows(_TASKS),
    }


def _message(row: Mapping[str, Any], attempts: Rows, evidence: Rows) -> dict[str, Any]:
    def about_it(found: Rows) -> Rows:
        return [
            {name: value for name, value in one.items() if name != "message_id"}
            for one in found
            if one["message_id"] == row["id"]
        ]

    return {**row, "address": masked(row["address"]), "attempts": about_it(attempts), "evidence": about_it(evidence)}
