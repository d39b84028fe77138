"""What a database of a test needs before anything may leave: somebody who listens, and a ledger that is declared whole."""

from sqlalchemy import Engine, text

from models.database.engine import transaction

_LISTENING = text(
    """
    INSERT INTO heartbeat (part, at) VALUES ('inbound', clock_timestamp() + interval '1 day')
    ON CONFLICT (part) DO UPDATE SET at = excluded.at
    """
)
_WHOLE = text(
    """
    INSERT INTO ledger_epoch (id, epoch, incarnation, reason, released_by) VALUES (1, 1, ledger_incarnation(), '', 'test')
    ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation
    """
)


def make_fit_to_send(engine: Engine) -> None:
    """Declare a database fit. Every test's database is a clone, which the service would hold as a restored one."""
    with transaction(engine) as session:
        session.execute(_LISTENING)
        session.execute(_WHOLE)
