"""What an incident's pauses hold and have held, counted from the rows: for the answer to its opening and for its notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database.permission.foreseeing import HELD
from models.database.permission.scopes import messages_held
from models.database.tables.incidents import IncidentPause
from models.database.tables.pauses import Pause
from models.incidents.slots import Counts

_WAITING = """
    SELECT m.id, m.run_id, r.lead_id, m.client_id, {held} AS due FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.audience = 'contact' AND m.state IN ('planned', 'ready') AND r.closed_at IS NULL AND {inside}
"""
_IN_FLIGHT = text(
    """
    SELECT DISTINCT f.message_id FROM pause_in_flight f JOIN message m ON m.id = f.message_id
        LEFT JOIN attempt a ON a.message_id = f.message_id AND a.fence = f.fence
    WHERE f.pause_id = ANY (:pauses) AND (CAST(:clients AS uuid[]) IS NULL OR m.client_id = ANY (:clients))
        AND a.outcome IS DISTINCT FROM 'accepted' AND a.outcome IS DISTINCT FROM 'not_accepted'
    """
)
# What was held says so in the log; what was held before for another reason, and still is, by its row.
_TOUCHED = """
    SELECT r.lead_id, coalesce(r.outcome IN ('replied', 'stopped', 'given_to_person') AND r.closed_at >= :since, false) AS by_hand,
        m.state = 'expired' AND m.expires_at >= :since AS too_old
    FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.client_id = :client AND m.audience = 'contact' AND r.lead_id IS NOT NULL AND {inside} AND (
        {held} OR m.state = 'expired' AND m.expires_at BETWEEN :since AND CAST(:until AS timestamptz)
        OR EXISTS (SELECT 1 FROM event e WHERE e.message_id = m.id AND e.kind = 'message_held' AND e.reason = 'paused'
                   AND e.at BETWEEN :since AND CAST(:until AS timestamptz)))
"""


@dataclass(frozen=True, slots=True)
class HeldNow:
    """What an incident holds: open runs, their messages that wait, those of them that are due, and calls under way."""

    runs: int
    messages: int
    due: int
    in_flight: list[UUID]


def pauses_of(session: Session, incident_id: UUID) -> list[Pause]:
    """Return the pauses that an incident has put on, in the order of their scopes' names."""
    query = select(Pause).join(IncidentPause, col(IncidentPause.pause_id) == col(Pause.id))
    return list(session.exec(query.where(col(IncidentPause.incident_id) == incident_id).order_by(col(Pause.scope))))


def held_now(session: Session, incident_id: UUID, clients: Sequence[UUID] | None = None) -> HeldNow:
    """Return what the standing pauses of an incident hold of these clients (None: all); what two hold counts once."""
    standing = [pause for pause in pauses_of(session, incident_id) if pause.lifted_at is None]
    waiting: dict[UUID, bool] = {}
    runs: set[UUID] = set()
    for pause in standing:
        for row in _waiting(session, pause):
            if clients is None or row.client_id in clients:
                waiting[row.id] = row.due
                runs.add(row.run_id)
    about = {"pauses": [pause.id for pause in standing], "clients": clients}
    flying = session.execute(_IN_FLIGHT, about).scalars()
    return HeldNow(len(runs), len(waiting), sum(waiting.values()), list(flying))


def counts_of(session: Session, incident_id: UUID, client_id: UUID) -> Counts:
    """Return what one client is told in numbers: messages that wait, and leads by what became of them.

    A lead was not contacted automatically if a message to them was due while a pause of the incident held it. A person has taken
    over whose run has ended by a reply, a stop or with a person since. Too old is whose message became stale meanwhile.
    """
    waiting: set[UUID] = set()
    leads: dict[UUID, tuple[bool, bool]] = {}
    for pause in pauses_of(session, incident_id):
        if pause.lifted_at is None:
            waiting |= {row.id for row in _waiting(session, pause) if row.due and row.client_id == client_id}
        inside, values = messages_held(pause.scope, pause.code)
        until = {"since": pause.at, "until": pause.lifted_at or "infinity", "client": client_id}
        for row in session.execute(text(_TOUCHED.format(held=HELD, inside=inside)), values | until):
            by_hand, too_old = leads.get(row.lead_id, (False, False))
            leads[row.lead_id] = (by_hand or row.by_hand, too_old or row.too_old)
    taken_over = [taken for taken, _ in leads.values() if taken]
    left_over = [late for taken, late in leads.values() if late and not taken]
    return Counts(waiting=len(waiting), not_contacted=len(leads), by_hand=len(taken_over), too_old=len(left_over))


def _waiting(session: Session, pause: Pause):  # type: ignore[no-untyped-def]
    inside, values = messages_held(pause.scope, pause.code)
    return session.execute(text(_WAITING.format(held=HELD, inside=inside)), values).all()
