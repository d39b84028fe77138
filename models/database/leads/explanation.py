"""All that the rows know of one lead event, for whoever asks why nothing was started. Addresses are masked, names not read."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import masked
from models.database.leads import answer_times, listing
from models.leads.remedies import remedy
from models.leads.terms import in_words

_EVENTS = text(
    """
    SELECT at, kind, actor, reason, client_safe_status FROM event
    WHERE kind IN ('lead_received', 'lead_settled') AND facts ->> 'lead_event' = :id ORDER BY id
    """
)
_TASKS = text(
    """
    SELECT kind, owner, instruction, opened_at, closed_at, closed_by FROM owner_task
    WHERE subject = :id OR evidence ->> 'lead_event' = :id ORDER BY opened_at
    """
)
_TOLD = (
    *("id", "way", "account", "client", "source", "kind", "state", "owner", "sequence", "occurred_at", "received_at"),
    *("age", "is_test", "duplicate_of", "inbox_id", "lead_id", "run_id", "settled_by", "settled_at"),
)


def explain_lead_event(session: Session, event_id: UUID) -> dict[str, Any] | None:
    """Return an event with each reason, what would help, all that happened to it, and its tasks; None if there is none."""
    row = listing.one(session, event_id)
    if row is None:
        return None
    answer = answer_times.of_event(row)
    addresses = [row["contact"].get(name) for name in ("phone", "email")]
    where = {"id": str(event_id)}
    return {
        "lead_event": {name: row[name] for name in _TOLD},
        "answer": answer.in_words if answer else None,
        "addresses": [masked(address) for address in addresses if address],
        "consents": [
            {name: given[name] for name in ("channel", "kind", "source", "wording_version")}
            for given in row["consent"].get("given", ())
        ],
        "reasons": [
            {"code": reason, "in_words": in_words(reason), "would_help": remedy(reason)} for reason in row["reasons"]
        ],
        "events": [dict(found) for found in session.execute(_EVENTS, where).mappings()],
        "tasks": [dict(found) for found in session.execute(_TASKS, where).mappings()],
    }
