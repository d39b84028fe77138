"""What holds everything that goes to contacts, whatever its run: read for people who ask why nothing leaves."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from models.database.inbound.continuity import MAY_BE_MISSING
from models.database.recovery.ledger_epoch import UNVERIFIED
from models.sending import HoldReason

_HOLDS = text(f"SELECT {UNVERIFIED} AS ledger_unverified, {MAY_BE_MISSING} AS inbound_gap")


def holding(session: Session, silence: timedelta, epoch: int) -> list[HoldReason]:
    """Return why nothing may leave to any contact now; empty if nothing of the kind stands in the way.

    Args:
        session: reads only.
        silence: how long the web hooks may be silent.
        epoch: that of the settings.
    """
    row = session.execute(_HOLDS, {"silence": silence, "epoch": epoch}).mappings().one()
    return [reason for reason in (HoldReason.LEDGER_UNVERIFIED, HoldReason.INBOUND_GAP) if row[reason]]
