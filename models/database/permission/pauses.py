"""Pauses by scope. The state of a scope is one row; every pause and resume is also an event with its epoch."""

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.locks import SCOPES_OF_MESSAGE, lock_scope
from models.database.outbox import announce_all
from models.database.tables.pauses import Pause, PauseEvent
from models.event_kinds import EventKind

_PUT = text(
    """
    INSERT INTO pause (scope, paused, epoch, reason, owner) VALUES (:scope, :paused, 1, :reason, :owner)
    ON CONFLICT (scope) DO UPDATE SET paused = :paused, epoch = pause.epoch + 1, reason = :reason, owner = :owner,
        at = clock_timestamp()
    WHERE pause.paused <> :paused RETURNING epoch
    """
)
_OPEN_RUNS = text(
    f"""
    SELECT DISTINCT m.run_id FROM message m JOIN run r ON r.id = m.run_id
    WHERE r.closed_at IS NULL
      AND :scope IN {SCOPES_OF_MESSAGE}
    ORDER BY m.run_id
    """
)


def put(session: Session, scope: str, paused: bool, reason: str, origin: Origin, owner: str) -> int | None:
    """Pause or resume a scope; claims that come later see it. Returns the new epoch, or None if nothing changed."""
    lock_scope(session, scope)
    if not paused and session.get(Pause, scope) is None:
        return None
    found = session.execute(_PUT, {"scope": scope, "paused": paused, "reason": reason, "owner": owner}).first()
    if found is None:
        return None
    kind = EventKind.PAUSED if paused else EventKind.RESUMED
    session.execute(
        insert(PauseEvent).values(
            scope=scope,
            kind="pause" if paused else "resume",
            epoch=found.epoch,
            reason=reason,
            owner=owner,
            source=origin.source,
        )
    )
    events.record(session, kind, origin, Subject(owner), reason, scope=scope, epoch=found.epoch)
    # The held go on, the others say that they are paused.
    announce_all(session, session.execute(_OPEN_RUNS, {"scope": scope}).scalars().all())
    return int(found.epoch)


def paused_now(session: Session) -> list[Pause]:
    """Return every scope that is paused now."""
    return list(session.exec(select(Pause).where(col(Pause.paused))))
