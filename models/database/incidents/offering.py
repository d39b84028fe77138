"""From an automatic pause to an incident: whom it concerns, what it touches and what is known, so that one request opens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database.permission.scopes import kind_of, runs_inside
from models.database.tables.pauses import Pause
from models.database.tables.people import Client
from models.incidents.words import ReasonForClients, suggested
from models.pausing import PauseCode
from models.terms import PauseScope

_CONCERNED = "SELECT DISTINCT r.client_id FROM run r WHERE r.closed_at IS NULL AND {inside}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an incident that is opened from a pause begins with; a person may say otherwise."""

    title: str
    clients: Sequence[Client]
    scope: str
    reason: ReasonForClients
    evidence: dict[str, Any]


def offer(session: Session, pause: Pause) -> Offer:
    """Return what is known of the cause of a pause. Its clients are the one it names, or all with open runs inside."""
    evidence = {"scope": pause.scope, "code": pause.code, "why": pause.reason, **pause.evidence}
    return Offer(pause.reason, _clients(session, pause.scope), pause.scope, suggested(PauseCode(pause.code)), evidence)


def _clients(session: Session, scope: str) -> Sequence[Client]:
    query = select(Client).order_by(col(Client.key))
    if kind_of(scope) in (PauseScope.CLIENT, PauseScope.CHANNEL):
        return session.exec(query.where(col(Client.id) == UUID(scope.split(":")[1]))).all()
    inside, values = runs_inside(scope)
    concerned = session.execute(text(_CONCERNED.format(inside=inside)), values).scalars().all()
    return session.exec(query.where(col(Client.id).in_(concerned))).all()
