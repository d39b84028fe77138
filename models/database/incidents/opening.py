"""Opening an incident: what it touches is paused in the same transaction, and each client gets a run that tells them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.compensation import UndoKind
from models.database import events, runs, undos
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.permission import pauses
from models.database.permission.pauses import Terms
from models.database.permission.scopes import kind_of
from models.database.tables.incidents import Incident, IncidentClient, IncidentNote, IncidentPause, IncidentUpdate
from models.database.tables.people import Client
from models.database.tables.runs import Run
from models.errors import KeyReusedWithDifferentContent
from models.event_kinds import EventKind
from models.incidents.cadence import first_notice_due, next_update_due
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import Advice, Affected, ReasonForClients, UpdateKind
from models.pausing import HeldWork, PauseCode
from models.terms import PauseScope, RunKind, RunState

SOURCE = "incident"
ROLLBACK_PATH = "withdraw its posts from the portal; a sent notice is answered by an approved correction"
_ORDER = tuple(PauseScope)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is to be opened, as a person has said it.

    Args:
        key: the caller's idempotency key.
        body_hash: of the whole request.
        title: for colleagues only.
        clients: whom it concerns; at least one.
        touches: the scopes to pause; none pauses nothing.
        began_at: since when clients are affected; None for the moment it is opened.
        words: free words for the first notice; empty for none.
    """

    key: str
    body_hash: str
    title: str
    severity: IncidentSeverity
    reason: ReasonForClients
    affected: Affected
    advice: Advice
    calls_affected: bool
    clients: Sequence[Client]
    touches: Sequence[str]
    held_work: HeldWork
    owner: str
    escalation_owner: str
    began_at: datetime | None = None
    words: str = ""
    note: str = ""
    nothing_lost_proof: str = ""
    from_pause: UUID | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def earlier(session: Session, actor: str, key: str, body_hash: str) -> Incident | None:
    """Return what this idempotency key has opened before, or None.

    Raises:
        KeyReusedWithDifferentContent: the key was used for another body.
    """
    query = select(Incident).where(col(Incident.opened_by) == actor, col(Incident.idempotency_key) == key)
    found = session.exec(query).first()
    if found is not None and found.body_hash != body_hash:
        raise KeyReusedWithDifferentContent("this Idempotency-Key was used for a different request")
    return found


def draft(session: Session, asked: Opening, origin: Origin) -> Incident:
    """Enter an incident that touches nothing yet and that no client hears of."""
    incident = Incident(
        opened_by=origin.actor,
        idempotency_key=asked.key,
        body_hash=asked.body_hash,
        title=asked.title,
        severity=asked.severity,
        state=IncidentState.DRAFT,
        reason=asked.reason,
        affected=asked.affected,
        calls_affected=asked.calls_affected,
        advice=asked.advice,
        touches=sorted(set(asked.touches), key=in_locking_order),
        held_work=asked.held_work,
        owner=asked.owner,
        escalation_owner=asked.escalation_owner,
        began_at=asked.began_at,
        nothing_lost_proof=asked.nothing_lost_proof,
        from_pause=asked.from_pause,
        evidence=asked.evidence,
    )
    session.add(incident)
    session.flush()
    session.add_all(IncidentClient(incident_id=incident.id, client_id=client.id) for client in asked.clients)
    if asked.note:
        session.add(IncidentNote(incident_id=incident.id, author=origin.actor, text=asked.note))
    if asked.words:
        _first_update(session, incident, asked.words, origin)
    session.flush()
    events.record(session, EventKind.INCIDENT_DRAFTED, origin, about(incident), **facts_of(incident))
    return incident


def open_up(session: Session, incident: Incident, state: IncidentState, origin: Origin) -> list[UUID]:
    """Pause what a draft touches, promise the first notice and start a run for each client. Returns the pauses."""
    moment = now(session)
    incident.state, incident.opened_at = state, moment
    incident.began_at = incident.began_at or moment
    clients = clients_of(session, incident.id)
    severity = IncidentSeverity(incident.severity)
    incident.first_notice_due = min(first_notice_due(severity, moment, client.time_zone) for client in clients)
    incident.next_update_due = min(next_update_due(severity, moment, moment, client.time_zone) for client in clients)
    first = first_update(session, incident.id) or _first_update(session, incident, "", origin)
    first.state, first.next_update_at = state, incident.next_update_due
    session.flush()
    put = [_pause(session, incident, scope, origin) for scope in incident.touches]
    for client in clients:
        start_run(session, incident, client, origin)
    _declare_undos(session, incident, clients[0], put)
    events.record(session, EventKind.INCIDENT_OPENED, origin, about(incident), state, **facts_of(incident))
    return put


def start_run(session: Session, incident: Incident, client: Client, origin: Origin) -> None:
    """Start the run that tells a client of an incident, and remember it."""
    concerned = session.get_one(IncidentClient, (incident.id, client.id))
    run = Run(
        kind=RunKind.INCIDENT_NOTICE,
        client_id=client.id,
        owner=incident.owner,
        escalation_owner=incident.escalation_owner,
        requested_by=origin.actor,
        rollback_path=ROLLBACK_PATH,
        state=RunState.REQUESTED,
    )
    again = f"/{concerned.run_id}" if concerned.run_id else ""
    key = f"incident/{incident.id}/{client.id}{again}"
    concerned.run_id = runs.request(session, run, origin.actor, key, incident.body_hash)
    session.flush()


def clients_of(session: Session, incident_id: UUID) -> list[Client]:
    """Return whom an incident concerns, in a stable order."""
    query = select(Client).join(IncidentClient, col(IncidentClient.client_id) == col(Client.id))
    return list(session.exec(query.where(col(IncidentClient.incident_id) == incident_id).order_by(col(Client.key))))


def first_update(session: Session, incident_id: UUID) -> IncidentUpdate | None:
    """Return the first update, which exists as soon as the incident is open or has words for clients."""
    query = select(IncidentUpdate).where(
        col(IncidentUpdate.incident_id) == incident_id, col(IncidentUpdate.number) == 1
    )
    return session.exec(query).first()


def in_locking_order(scope: str) -> tuple[int, str]:
    """Return by what scopes are sorted, so that everybody locks several in one order."""
    return _ORDER.index(kind_of(scope)), scope


def about(incident: Incident) -> Subject:
    """Return what events about an incident are about."""
    return Subject(incident.owner)


def facts_of(incident: Incident) -> dict[str, Any]:
    """Return the ids and codes that events about an incident carry."""
    return {"incident": str(incident.id), "severity": incident.severity, "state": incident.state}


def _first_update(session: Session, incident: Incident, words: str, origin: Origin) -> IncidentUpdate:
    first = IncidentUpdate(
        incident_id=incident.id,
        number=1,
        kind=UpdateKind.UPDATE,
        state=incident.state,
        words=words,
        author=origin.actor,
    )
    session.add(first)
    return first


def _declare_undos(session: Session, incident: Incident, client: Client, put: list[UUID]) -> None:
    """Say how the pauses are taken back if a run is rolled back: one run answers for what all clients share."""
    run_id = session.get_one(IncidentClient, (incident.id, client.id)).run_id
    assert run_id is not None
    for pause_id in put:
        undos.register(session, run_id, f"pause:{pause_id}", UndoKind.PAUSE, str(pause_id))


def _pause(session: Session, incident: Incident, scope: str, origin: Origin) -> UUID:
    """Put a pause of the incident's own on: two incidents that touch the same are resumed each for itself."""
    evidence = {"incident": str(incident.id), "opened_by": origin.actor}
    why = f"incident {incident.id}"
    held_work = HeldWork(incident.held_work)
    terms = Terms(scope, why, incident.owner, PauseCode.INCIDENT, held_work, evidence=evidence)
    put = pauses.put_on(session, terms, Origin(SOURCE, f"{SOURCE}/{incident.id}"))
    session.add(IncidentPause(incident_id=incident.id, pause_id=put.pause.id))
    return put.pause.id
