"""Whether what is written to us reaches us: signs of life of the web hooks, and the gaps between them.

A STOP that comes while the web hooks are away is lost to them: "for an error retrieving a SMS Request URL, an error is logged
and nothing more is done" (Twilio). So after a silence nothing is claimed for a contact until the provider's own list of what
came in has been read past its end.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.event_kinds import EventKind

INBOUND = "inbound"
LISTENER = Origin("api")

MAY_BE_MISSING = f"""(
    EXISTS (SELECT 1 FROM inbound_gap g WHERE g.closed_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM heartbeat h WHERE h.part = '{INBOUND}' AND h.at > clock_timestamp() - :silence)
)"""
"""Whether something that was written to us may not have reached us, as SQL: the claim asks it before every message."""

_LAST_SIGN = text("SELECT at FROM heartbeat WHERE part = :part FOR UPDATE")
_SIGN = text(
    """
    INSERT INTO heartbeat (part, at) VALUES (:part, clock_timestamp())
    ON CONFLICT (part) DO UPDATE SET at = excluded.at RETURNING at
    """
)
_GAP = text("INSERT INTO inbound_gap (began_at, ended_at, found) VALUES (:began, :ended, 0) RETURNING id")


def give_sign(engine: Engine, silence: timedelta) -> bool:
    """Write that the web hooks can store what comes in. Returns whether that ends a silence, which is then a gap.

    Raises:
        SQLAlchemyError: they cannot. Safe to repeat, and for several processes at once.
    """
    with transaction(engine) as session:
        before: datetime | None = session.execute(_LAST_SIGN, {"part": INBOUND}).scalar_one_or_none()
        now: datetime = session.execute(_SIGN, {"part": INBOUND}).scalar_one()
        if before is None or now - before <= silence:
            return False
        open_gap(session, before, now)
        return True


def open_gap(session: Session, began: datetime, ended: datetime) -> int:
    """Hold what goes to contacts until what came in between these moments is known. For a restored ledger as well.

    Returns the gap's id.
    """
    gap: int = session.execute(_GAP, {"began": began, "ended": ended}).scalar_one()
    seconds = round((ended - began).total_seconds())
    events.record(session, EventKind.INBOUND_GAP_OPENED, LISTENER, Subject(owner="engineer"), seconds=seconds)
    return gap
