"""What holds everything that goes to contacts, whatever its run: read for people who ask why nothing leaves."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from models.database.inbound.continuity import INBOUND
from models.sending import HoldReason

# The same two questions that the claim asks for each message.
_HOLDS = text(
    """
    SELECT NOT EXISTS (SELECT 1 FROM ledger_epoch e WHERE e.held_since IS NULL AND e.epoch = :epoch
                       AND e.incarnation = ledger_incarnation()) AS ledger_unverified,
        EXISTS (SELECT 1 FROM inbound_gap g WHERE g.closed_at IS NULL)
            OR NOT EXISTS (SELECT 1 FROM heartbeat h WHERE h.part = :part AND h.at > clock_timestamp() - :silence)
            AS inbound_gap
    """
)


def holding(session: Session, silence: timedelta, epoch: int) -> list[HoldReason]:
    """Return why nothing may leave to any contact now; empty if nothing of the kind stands in the way.

    Args:
        session: reads only.
        silence: how long the web hooks may be silent.
        epoch: that of the settings.
    """
    where = {"silence": silence, "epoch": epoch, "part": INBOUND}
    row = session.execute(_HOLDS, where).mappings().one()
    return [reason for reason in (HoldReason.LEDGER_UNVERIFIED, HoldReason.INBOUND_GAP) if row[reason]]
