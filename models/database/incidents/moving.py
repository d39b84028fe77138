"""What people do with an incident: write for colleagues, write for clients, move it, resolve it, open it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.approving import ApprovalSubject
from models.database import events, runs
from models.database.engine import now
from models.database.events import Origin
from models.database.incidents import chasing, opening
from models.database.outbox import announce_all
from models.database.permission import approvals
from models.database.tables.incidents import Incident, IncidentClient, IncidentNote, IncidentUpdate
from models.errors import Final, UnknownRecord
from models.event_kinds import EventKind
from models.incidents.cadence import first_notice_due, next_update_due, summary_due
from models.incidents.states import IncidentSeverity, IncidentState, MoveRefused, check_move
from models.incidents.words import UpdateKind

# Whoever gave way to an incident may go on once it is resolved, see the order of kinds in the sending rules.
_GAVE_WAY = text(
    """
    SELECT DISTINCT m.run_id FROM message m JOIN incident_client ic ON ic.client_id = m.client_id
    WHERE ic.incident_id = :incident AND m.state = 'ready' AND m.reason = 'gives_way' ORDER BY m.run_id
    """
)
_OPEN = frozenset({IncidentState.INVESTIGATING, IncidentState.IDENTIFIED, IncidentState.MONITORING})


class UnusableUpdate(Final):
    """What was written cannot be told to clients like this. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What clients are to be told.

    Args:
        words: free words; empty for closed lists, moments and counts alone.
        internal: for colleagues only.
        next_update_at: what it promises; None for what the cadence asks for.
        nothing_lost_proof: where the evidence lies that no data were lost; empty keeps what was given before.
    """

    words: str = ""
    internal: str = ""
    next_update_at: datetime | None = None
    nothing_lost_proof: str = ""


def locked(session: Session, incident_id: UUID) -> Incident:
    """Return an incident that nobody else changes until commit. Raises UnknownRecord."""
    found = session.get(Incident, incident_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise UnknownRecord(f"no incident {incident_id}; see GET /v1/incidents")
    return found


def note(session: Session, incident: Incident, words: str, origin: Origin) -> None:
    """Add a note for colleagues. No client ever reads it."""
    session.add(IncidentNote(incident_id=incident.id, author=origin.actor, text=words))
    events.record(session, EventKind.INCIDENT_NOTED, origin, opening.about(incident), **opening.facts_of(incident))


def move(
    session: Session, incident: Incident, after: IncidentState, telling: Telling, reason: str, origin: Origin
) -> None:
    """Move an incident that is locked, and tell its clients. A draft is opened up; from resolved it is opened again.

    Raises:
        MoveRefused: readers would not understand it; says what to do instead.
        UnusableUpdate: what it promises cannot be kept.
    """
    moment = now(session)
    before = IncidentState(incident.state)
    check_move(before, after, reason=reason, resolved_at=incident.resolved_at, now=moment)
    if after is IncidentState.CANCELLED:
        incident.state = after
        session.flush()
        events.record(session, EventKind.INCIDENT_CANCELLED, origin, opening.about(incident), reason)
        return
    if before is IncidentState.DRAFT:
        _open_up(session, incident, after, telling, origin)
        return
    incident.state = after
    if after is IncidentState.RESOLVED:
        _resolve(session, incident, moment)
    elif before is IncidentState.RESOLVED:
        _open_again(session, incident, moment, origin)
    _tell(session, incident, UpdateKind.UPDATE, telling, moment, origin)
    facts = opening.facts_of(incident) | {"before": before}
    events.record(session, EventKind.INCIDENT_MOVED, origin, opening.about(incident), reason, **facts)


def update(session: Session, incident: Incident, telling: Telling, origin: Origin) -> int:
    """Tell clients more while an incident stays where it is; return the number of the update.

    Raises:
        UnusableUpdate: it is not open, or what it promises cannot be kept.
    """
    if incident.state not in _OPEN:
        raise UnusableUpdate(f"it is {incident.state}; only of an open incident there are updates")
    return _tell(session, incident, UpdateKind.UPDATE, telling, now(session), origin)


def summarise(session: Session, incident: Incident, telling: Telling, origin: Origin) -> int:
    """Write the summary of a resolved incident; the last one that is approved counts. Returns its number.

    Raises:
        UnusableUpdate: it is not resolved, or nothing is said.
    """
    if incident.state != IncidentState.RESOLVED:
        raise UnusableUpdate("a summary is written once it is resolved")
    if not telling.words.strip():
        raise UnusableUpdate("say what happened, what was done and what changes")
    return _tell(session, incident, UpdateKind.SUMMARY, telling, now(session), origin)


def announce(session: Session, incident_id: UUID) -> None:
    """Let every run of an incident look at its rows."""
    announce_all(session, _runs(session, incident_id))


def _open_up(session: Session, incident: Incident, after: IncidentState, telling: Telling, origin: Origin) -> None:
    if after is IncidentState.RESOLVED:
        raise MoveRefused("nobody knows of a draft; cancel it")
    if telling.words and (first := opening.first_update(session, incident.id)) is not None:
        first.words, first.author = telling.words, origin.actor
    elif telling.words:
        raise MoveRefused("open it first, then write an update")
    opening.open_up(session, incident, after, origin)


def _resolve(session: Session, incident: Incident, moment: datetime) -> None:
    incident.resolved_at, incident.next_update_due = moment, None
    zones = _zones(session, incident)
    incident.summary_due = min(summary_due(moment, zone) for zone in zones)
    session.flush()
    announce_all(session, session.execute(_GAVE_WAY, {"incident": incident.id}).scalars().all())


def _open_again(session: Session, incident: Incident, moment: datetime, origin: Origin) -> None:
    incident.resolved_at = incident.summary_due = None
    # Nobody has approved to let go what is held while it is investigated.
    approvals.supersede(session, ApprovalSubject.RESUME, incident.id, origin)
    severity = IncidentSeverity(incident.severity)
    incident.first_notice_due = min(first_notice_due(severity, moment, zone) for zone in _zones(session, incident))
    for client in opening.clients_of(session, incident.id):
        concerned = session.get_one(IncidentClient, (incident.id, client.id))
        run_id = concerned.run_id
        if run_id is None or runs.existing(session, run_id).closed_at is not None:
            opening.start_run(session, incident, client, origin)


def _tell(
    session: Session, incident: Incident, kind: UpdateKind, telling: Telling, moment: datetime, origin: Origin
) -> int:
    promised = None if incident.state == IncidentState.RESOLVED else _promise(session, incident, telling, moment)
    incident.nothing_lost_proof = telling.nothing_lost_proof or incident.nothing_lost_proof
    number = 1 + max((found.number for found in updates_of(session, incident.id)), default=0)
    session.add(
        IncidentUpdate(
            incident_id=incident.id,
            number=number,
            kind=kind,
            state=incident.state,
            internal=telling.internal,
            words=telling.words,
            author=origin.actor,
            next_update_at=promised,
        )
    )
    incident.next_update_due = promised
    session.flush()
    chasing.close_rejected(session, incident, origin)
    facts = opening.facts_of(incident) | {"number": str(number), "update": kind}
    events.record(session, EventKind.INCIDENT_UPDATED, origin, opening.about(incident), **facts)
    announce(session, incident.id)
    return number


def _promise(session: Session, incident: Incident, telling: Telling, moment: datetime) -> datetime:
    assert incident.opened_at is not None
    severity, opened_at = IncidentSeverity(incident.severity), incident.opened_at
    latest = min(next_update_due(severity, opened_at, moment, zone) for zone in _zones(session, incident))
    if telling.next_update_at is None:
        return latest
    if not moment < telling.next_update_at <= latest:
        until = latest.astimezone(UTC)
        raise UnusableUpdate(f"promise the next update for a moment ahead, {until:%Y-%m-%d %H:%M} UTC at the latest")
    return telling.next_update_at


def updates_of(session: Session, incident_id: UUID) -> Sequence[IncidentUpdate]:
    """Return what was written for clients, oldest first."""
    query = select(IncidentUpdate).where(col(IncidentUpdate.incident_id) == incident_id)
    return session.exec(query.order_by(col(IncidentUpdate.number))).all()


def _zones(session: Session, incident: Incident) -> list[str]:
    return [client.time_zone for client in opening.clients_of(session, incident.id)]


def _runs(session: Session, incident_id: UUID) -> list[UUID]:
    query = select(IncidentClient.run_id).where(col(IncidentClient.incident_id) == incident_id)
    return [run_id for run_id in session.exec(query) if run_id is not None]
