"""Reports that have come in and have not taken effect yet. Until they have, nobody can say that a provider is silent."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

# An event names its attempt only inside its sealed body, so any event that waits may be the one.
_WAITS = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM inbox i JOIN attempt a ON a.message_id = :id AND a.fence = :fence JOIN message m ON m.id = a.message_id
        WHERE i.state = 'waiting' AND (i.token_hash = a.token_hash OR i.kind = 'event' AND i.source = m.provider))
    """
)


def may_concern(session: Session, message_id: UUID, fence: int) -> bool:
    """Return whether a report that may be about this attempt waits to be read."""
    waits: bool = session.execute(_WAITS, {"id": message_id, "fence": fence}).scalar_one()
    return waits
