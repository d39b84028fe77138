"""Messages that were claimed before a pause, a stop or an opt-out took effect, and may still arrive."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.permission.scopes import messages_inside

_INSIDE = """
    SELECT m.id FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.audience = 'contact' AND m.state IN ('dispatching', 'unknown', 'escalated') AND {inside}
    ORDER BY m.planned_at
"""


def in_flight(session: Session, scope: str) -> list[UUID]:
    """Return the messages inside a scope whose call may be under way or may have been accepted."""
    inside, values = messages_inside(scope)
    return list(session.execute(text(_INSIDE.format(inside=inside)), values).scalars())
