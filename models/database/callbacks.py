"""News about one attempt from its provider, found by the token that travelled with the message."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject, TaskOrder
from models.database.evidence import Finding, apply_evidence
from models.database.tables.ledger import Attempt
from models.event_kinds import EventKind
from models.identity import token_hash

_ORPHAN = text("UPDATE inbox SET state = :state WHERE id = :id")


def apply_callback(session: Session, token: str, finding: Finding, origin: Origin) -> bool:
    """Add what a provider says to the attempt with this token. Returns False if there is no such attempt."""
    found = select(Attempt.message_id, Attempt.fence).where(col(Attempt.token_hash) == token_hash(token))
    named = session.exec(found).first()
    if named is None:
        return False
    apply_evidence(session, *named, finding, origin)
    return True


def set_aside(session: Session, inbox_id: UUID, state: str, origin: Origin, owner: str = "engineer") -> None:
    """Give an inbound request that nothing belongs to (`orphan`) or that cannot be read (`poison`) to a person."""
    session.execute(_ORPHAN, {"state": state, "id": inbox_id})
    about = Subject(owner=owner)
    events.record(session, EventKind.INBOUND_UNMATCHED, origin, about, state, inbox=str(inbox_id))
    order = TaskOrder(f"inbound_{state}", str(inbox_id), _INSTRUCTIONS[state])
    events.open_task(session, order, about, origin)


_INSTRUCTIONS = {
    "orphan": "A provider reports about something that we do not know. Was a message sent past the ledger?",
    "poison": "A signed request could not be read. It is kept sealed; find out what has changed at the provider.",
}
