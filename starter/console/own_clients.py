"""Of which clients a visitor sees anything: those they work for. What is another client's is not there for them."""

from http import HTTPStatus
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session, col, select

from models.database import timeline
from models.database.staff import clients_of
from models.database.tables.people import Client, Lead
from models.database.tables.runs import Run
from models.terms import PauseScope
from starter.console.visiting import Visit
from starter.problems import Problem


def run_of(session: Session, visit: Visit, run_id: UUID) -> RowMapping:
    """Return a run that the visitor may see. Raises Problem (404) for any other."""
    found = timeline.run(session, run_id)
    if found is None or not _theirs(session, visit, found["client_id"]):
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no run {run_id} of a client you work for; see the list of runs")
    return found


def lead_of(session: Session, visit: Visit, lead_id: UUID) -> Lead:
    """Return a lead that the visitor may see. Raises Problem (404) for any other."""
    found = session.get(Lead, lead_id)
    if found is None or not _theirs(session, visit, found.client_id):
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no lead {lead_id} of a client you work for")
    return found


def clients_of_visitor(session: Session, visit: Visit) -> list[Client]:
    """Return the clients that the visitor works for, by name."""
    theirs = clients_of(session, visit.handle)
    every = session.exec(select(Client).order_by(col(Client.name)))
    return [client for client in every if theirs is None or client.id in theirs]


def is_shown(session: Session, theirs: list[UUID] | None, scope: str) -> bool:
    """Return whether who works for these clients (None: for all) may see a scope: one of theirs, or of no client at all."""
    if theirs is None:
        return True
    kind, _, rest = scope.partition(":")
    match kind:
        case PauseScope.CLIENT | PauseScope.CHANNEL:
            return UUID(rest.partition(":")[0]) in theirs
        case PauseScope.RUN:
            return session.get_one(Run, UUID(rest)).client_id in theirs
    return True


def _theirs(session: Session, visit: Visit, client_id: UUID) -> bool:
    theirs = clients_of(session, visit.handle)
    return theirs is None or client_id in theirs
