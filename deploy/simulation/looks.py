"""Keeping every look of the gate: a message row shows only the newest one.

A trigger of the throw-away database writes them down beside the service, which does not know of it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, RowMapping, text
from sqlmodel import Session

_KEEP = """
    CREATE SCHEMA IF NOT EXISTS simulation;
    CREATE TABLE simulation.look (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, message_id uuid NOT NULL,
        state text NOT NULL, reason text, decision jsonb);
    CREATE FUNCTION simulation.keep_look() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO simulation.look (at, message_id, state, reason, decision)
        VALUES (clock_timestamp(), NEW.id, NEW.state, NEW.reason, NEW.window_decision);
        RETURN NULL;
    END $$;
    CREATE TRIGGER keep_look AFTER UPDATE OF gate ON message FOR EACH ROW EXECUTE FUNCTION simulation.keep_look();
"""
_LOOKS = text(
    """
    SELECT k.at, k.message_id, k.state, k.reason, k.decision, m.step, m.occurrence, r.away_until, m.turn_at
    FROM simulation.look k JOIN message m ON m.id = k.message_id JOIN run r ON r.id = m.run_id
    WHERE m.run_id = :run AND m.audience = 'contact' ORDER BY k.id
    """
)
Look = RowMapping | dict[str, Any]


def keep(engine: Engine) -> None:
    """Begin to keep them."""
    with engine.begin() as connection:
        connection.execute(text(_KEEP))


def of_run(session: Session, run_id: UUID) -> list[RowMapping]:
    """Return what the gate has seen of the messages of a run, in order."""
    return list(session.execute(_LOOKS, {"run": run_id}).mappings())
