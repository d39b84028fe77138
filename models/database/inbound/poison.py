"""What came in and cannot be taken in: kept sealed for an engineer, and taken up again when somebody asks for it."""

import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.events import Origin, Subject
from models.database.inbound import arrivals, inbox
from models.database.inbound.callbacks import UNREADABLE, UNTAKEN, set_aside
from models.database.inbound.inbox import InboundText
from models.database.inbound.takers import TAKERS, Kept, Means, Taker
from models.database.surroundings import is_of_surroundings
from models.database.tables.inbound import Inbox
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.sealing import KeyRing

log = logging.getLogger("inbox")
POISON = "poison"
AT_ONCE = 100
_NEXT = text(
    """
    SELECT i.id FROM inbox i LEFT JOIN inbox last ON last.id = :after
    WHERE i.state = 'poison' AND (last.id IS NULL OR (i.received_at, i.id) > (last.received_at, last.id))
    ORDER BY i.received_at, i.id LIMIT :limit
    """
)
_WAITS_AGAIN = text("UPDATE inbox SET state = 'waiting', tries = 0 WHERE id = :id")
_TAKEN_IN = text("UPDATE inbox SET state = 'done' WHERE id = :id")
_STATE = text("SELECT state FROM inbox WHERE id = :id")
_NOTIFY = text(f"NOTIFY {arrivals.CHANNEL}")


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of a row that was to be tried again: whether it was, and its state now."""

    id: UUID
    tried: bool
    state: str


def set_text_aside(session: Session, inbox_id: UUID, message: InboundText, origin: Origin) -> None:
    """Leave a stored text that cannot be taken in to an engineer, and hold its sender if that can be done."""
    set_aside(session, inbox_id, UNTAKEN, origin)
    try:
        with session.begin_nested():
            inbox.hold_sender(session, inbox_id, message.sender)
    except Exception as error:
        if is_of_surroundings(error):
            raise
        # What makes the text poison may stand in the way of this too. Its task is open all the same.
        log.error("a sender could not be held", extra={"inbox": str(inbox_id), "error": type(error).__name__})


def next_poison(session: Session, after: UUID | None) -> list[UUID]:
    """Return what is set aside, oldest first, at most `AT_ONCE`; only what came in after the row `after`, if that is given."""
    return list(session.execute(_NEXT, {"after": after, "limit": AT_ONCE}).scalars())


def retry(session: Session, ring: KeyRing, means: Means, inbox_id: UUID, origin: Origin) -> Retried:
    """Take up one row again that was set aside: a report waits for the relay, all else takes effect now. Safe to repeat.

    Raises:
        UnknownRecord: nothing with this id came in.
        UnreadableSeal: something that takes effect now and cannot be opened.
        Exception: whatever keeps it from taking effect; roll back, and it stays set aside.
    """
    row = session.get(Inbox, inbox_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownRecord(f"nothing with the id {inbox_id} came in")
    if row.state != POISON:
        return Retried(inbox_id, False, row.state)
    if (taker := TAKERS.get(row.kind)) is None:
        _note(session, row, origin)
        session.execute(_WAITS_AGAIN, {"id": inbox_id})
        session.execute(_NOTIFY)
    elif not _taken_in(session, taker, row, ring, means, origin):
        return Retried(inbox_id, False, POISON)
    state: str = session.execute(_STATE, {"id": inbox_id}).scalar_one()
    return Retried(inbox_id, True, state)


def _taken_in(session: Session, taker: Taker, row: Inbox, ring: KeyRing, means: Means, origin: Origin) -> bool:
    raw = ring.open(row.sealed_with, bytes(row.sealed_body))
    with session.begin_nested() as attempt:
        _note(session, row, origin)
        session.execute(_TAKEN_IN, {"id": row.id})
        if taker(session, Kept(row.id, row.source, raw, origin), means):
            return True
        attempt.rollback()
    return False


def _note(session: Session, row: Inbox, origin: Origin) -> None:
    about = Subject(owner=UNREADABLE.owner)
    events.record(session, EventKind.INBOUND_RETRIED, origin, about, row.kind, inbox=str(row.id))
    events.close_tasks(session, UNREADABLE.task, str(row.id), origin)
