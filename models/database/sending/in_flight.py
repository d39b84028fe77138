"""Messages that were claimed before a pause, a stop or an opt-out took effect, and may still arrive."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.locks import SCOPES_OF_MESSAGE

_INSIDE = text(
    f"""
    SELECT m.id FROM message m WHERE m.audience = 'contact' AND m.state IN ('dispatching', 'unknown', 'escalated')
      AND :scope IN {SCOPES_OF_MESSAGE}
    ORDER BY m.planned_at
    """
)


def in_flight(session: Session, scope: str) -> list[UUID]:
    """Return the messages inside a scope whose call may be under way or may have been accepted."""
    return list(session.execute(_INSIDE, {"scope": scope}).scalars())
