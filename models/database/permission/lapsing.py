"""Possible opt-outs that nobody has decided on in time: they become opt-outs by themselves. In doubt nothing is sent."""

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database.engine import transaction
from models.database.locks import lock_address
from models.database.permission import consent_desk
from models.database.permission.consent import Address, Proof
from models.terms import Channel

LAPSED = "unreviewed_hold"
"""The source of the opt-out."""

_OVERDUE = """
    SELECT c.id, c.client_id, c.channel, c.address_hash FROM consent c
    WHERE c.status = 'held' AND c.lapses_at <= clock_timestamp() AND NOT EXISTS (
        SELECT 1 FROM consent later WHERE later.client_id = c.client_id AND later.channel = c.channel
          AND later.address_hash = c.address_hash AND later.id > c.id AND later.status IN ('released', 'revoked'))
"""
_ALL = text(f"{_OVERDUE} ORDER BY c.lapses_at LIMIT 200")
_STILL = text(f"SELECT EXISTS ({_OVERDUE} AND c.id = :id)")


class UnreviewedHolds:
    """The holds whose time is over. Several processes may look at once: each lapses once.

    Args:
        engine: the way to the rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lapse(self) -> int:
        """Turn every overdue hold into an opt-out, each in a transaction of its own; returns how many. Safe to repeat."""
        with transaction(self._engine) as session:
            overdue = session.execute(_ALL).all()
        return sum(
            self._lapse_one(row.id, Address(row.client_id, Channel(row.channel), row.address_hash)) for row in overdue
        )

    def _lapse_one(self, hold: int, address: Address) -> bool:
        with transaction(self._engine) as session:
            return _lapsed(session, hold, address)


def _lapsed(session: Session, hold: int, address: Address) -> bool:
    lock_address(session, address.hash)
    if not session.execute(_STILL, {"id": hold}).scalar_one():  # a person was faster
        return False
    consent_desk.opt_out(session, address, Proof(LAPSED, "comms", f"consent/{hold}"))
    return True
