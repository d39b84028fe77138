"""What a visitor may choose from: the clients they work for, and leads of one of them."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.database import whose
from models.database.engine import transaction
from models.database.tables.people import Lead
from starter.console.visiting import Visit
from starter.resources import Resources

MOST_LEADS = 12


def clients_for(visit: Visit, uses: Resources) -> list[tuple[str, str]]:
    """Return key and name of each client that the visitor works for, by name."""
    with transaction(uses.engine) as session:
        return [(client.key, client.name) for client in whose.clients_among(session, visit.caller.clients)]


def newest_leads(session: Session, client_id: UUID) -> list[tuple[str, str]]:
    """Return id and a short name of a client's newest leads."""
    query = select(Lead).where(col(Lead.client_id) == client_id).order_by(col(Lead.received_at).desc())
    found = session.exec(query.limit(MOST_LEADS)).all()
    return [
        (str(lead.id), f"{lead.first_name or 'Without a name'}, {lead.source.replace('_', ' ')}, {_day(lead)}")
        for lead in found
    ]


def _day(lead: Lead) -> str:
    return f"{lead.received_at:%b} {lead.received_at.day}" if lead.received_at else ""
