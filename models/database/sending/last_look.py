"""One more look just before the call. It narrows a window; the guarantee rests on the claim alone."""

from sqlalchemy import text
from sqlmodel import Session

from models.database.permission.scopes import HOLDS
from models.sending import Claimed

_LAST_LOOK = text(
    f"""
    SELECT m.fence = :fence AND m.state = 'dispatching' AND m.lease_until > clock_timestamp()
        AND (m.audience = 'staff' OR NOT EXISTS (
            SELECT 1 FROM pause p WHERE p.scope = ANY(:scopes) AND p.paused AND {HOLDS}))
        AND NOT EXISTS (
            SELECT 1 FROM consent c WHERE c.client_id = m.client_id AND c.channel = m.channel
              AND c.address_hash = m.address_hash AND c.id > :consent_seen AND c.status IN ('revoked', 'held'))
        AND r.stop_requested_by IS NULL AND r.roll_back_requested_by IS NULL
    FROM message m JOIN run r ON r.id = m.run_id WHERE m.id = :id
    """
)


def still_open(session: Session, claimed: Claimed) -> bool:
    """Return whether pauses, consent and the run still let a claimed message leave."""
    where = {"id": claimed.message_id, "fence": claimed.fence, "scopes": list(claimed.scopes)}
    looked = session.execute(_LAST_LOOK, where | {"consent_seen": claimed.consent_seen})
    return bool(looked.scalar_one_or_none())
