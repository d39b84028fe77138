"""Promised times: their owner is reminded before, somebody else is told when one has passed."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models.database import events
from models.database.engine import now
from models.database.events import Origin, TaskOrder
from models.database.incidents import opening
from models.database.tables.incidents import Incident
from models.event_kinds import EventKind

UPDATE_DUE, UPDATE_OVERDUE = "incident_update_due", "incident_update_overdue"
WORDING_REFUSED = "incident_wording_refused"
NOT_RESUMED = "incident_not_resumed"
_CHASED = (UPDATE_DUE, UPDATE_OVERDUE)
_WHY_REFUSED = {
    "blocked": "a check of its wording has found what no client may read",
    "rejected": "an approver has rejected it",
    "expired": "nobody has approved it in time",
}


def remind(session: Session, incident: Incident, promised: datetime, origin: Origin) -> None:
    """Put the next update on its owner's list. Safe to repeat; one task for all clients of the incident."""
    what = "The summary" if incident.resolved_at else "The next update"
    instruction = (
        f"{what} of incident {incident.id} is promised for {_shown(promised)}. Write it, and see that it is approved: "
        f"`comms incident update {incident.id}`, or POST /v1/incidents/{incident.id}/updates (the summary: …/summary)."
    )
    order = _order(session, UPDATE_DUE, incident, instruction, promised)
    events.open_task(session, order, opening.about(incident), origin)


def escalate(session: Session, incident: Incident, promised: datetime, run_id: UUID, origin: Origin) -> None:
    """Say that a promised time has passed, and tell the escalation owner. Safe to repeat."""
    about = events.Subject(incident.escalation_owner, run_id=run_id)
    facts = opening.facts_of(incident) | {"promised": promised.isoformat()}
    events.record(session, EventKind.INCIDENT_OVERDUE, origin, about, **facts)
    instruction = (
        f"Clients were promised word of incident {incident.id} for {_shown(promised)}, and heard nothing. Its owner is "
        f"{incident.owner}. See what it waits for (GET /v1/incidents/{incident.id}); write, or have it approved."
    )
    events.open_task(session, _order(session, UPDATE_OVERDUE, incident, instruction, promised), about, origin)


def kept(session: Session, incident: Incident, origin: Origin) -> None:
    """Take what was chased off the lists, because clients have heard. Safe to repeat."""
    for kind in _CHASED:
        events.close_tasks(session, kind, str(incident.id), origin)


def refused(session: Session, incident: Incident, number: int, why: str, run_id: UUID, origin: Origin) -> None:
    """Ask the owner for another wording. Safe to repeat."""
    instruction = (
        f"Update {number} of incident {incident.id} is not shown to the client: {_WHY_REFUSED[why]}. Write another one: "
        f"`comms incident update {incident.id}`, or POST /v1/incidents/{incident.id}/updates."
    )
    order = TaskOrder(WORDING_REFUSED, str(incident.id), instruction, {"number": number, "why": why})
    events.open_task(session, order, events.Subject(incident.owner, run_id=run_id), origin)


def close_rejected(session: Session, incident: Incident, origin: Origin) -> None:
    """Take the wish for another wording off the list, because there is one. Safe to repeat."""
    events.close_tasks(session, WORDING_REFUSED, str(incident.id), origin)


def _order(session: Session, kind: str, incident: Incident, instruction: str, promised: datetime) -> TaskOrder:
    evidence = opening.facts_of(incident) | {"promised": promised.isoformat()}
    return TaskOrder(kind, str(incident.id), instruction, evidence, promised - now(session))


def _shown(moment: datetime) -> str:
    return f"{moment:%a %d %b %Y %H:%M} UTC"
