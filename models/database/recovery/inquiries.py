"""What was asked to be found out at the providers. The worker takes it up; whoever asked watches its progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models.database.engine import now, transaction
from models.database.tables.recovery import Inquiry
from models.errors import UnknownRecord
from models.recovering import Asked

RECONCILE = "reconcile"
AUDIT = "audit"

# Held as long as one process is at one of the kind, and gone with its connection: what it left is then taken up by another.
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('inquiry ' || CAST(:kind AS text), 0))")
_NEXT = text(
    """
    SELECT id, since, coalesce((report ->> 'compared')::boolean, false) AS is_compared FROM inquiry
    WHERE kind = :kind AND finished_at IS NULL ORDER BY asked_at LIMIT 1
    """
)
_STARTED = text("UPDATE inquiry SET started_at = coalesce(started_at, clock_timestamp()) WHERE id = :id")
_PROGRESS = text("UPDATE inquiry SET done = :done, error = '' WHERE id = :id")
_INTERRUPTED = text("UPDATE inquiry SET error = :error WHERE id = :id AND finished_at IS NULL")
_UNDER_WAY = text("SELECT EXISTS (SELECT 1 FROM inquiry WHERE kind = :kind AND finished_at IS NULL)")
_FINISHED = text(
    "SELECT EXISTS (SELECT 1 FROM inquiry WHERE kind = :kind AND finished_at IS NOT NULL AND error = '' AND asked_at >= :since)"
)


def ask(session: Session, since: datetime, asked_by: str, kind: str = RECONCILE) -> Inquiry:
    """Ask for something; the same again, while it is not finished, is the one that was asked for."""
    waiting = select(Inquiry).where(
        col(Inquiry.kind) == kind, col(Inquiry.since) == since, col(Inquiry.finished_at).is_(None)
    )
    found = session.exec(waiting).first()
    if found is not None:
        return found
    inquiry = Inquiry(kind=kind, since=since, asked_by=asked_by)
    session.add(inquiry)
    session.flush()
    session.refresh(inquiry)
    return inquiry


def newest(session: Session, kind: str = RECONCILE) -> Inquiry | None:
    """Return what was asked for last, or None."""
    query = select(Inquiry).where(col(Inquiry.kind) == kind).order_by(col(Inquiry.asked_at).desc())
    return session.exec(query.limit(1)).first()


def existing(session: Session, inquiry: UUID, kind: str = RECONCILE) -> Inquiry:
    """Return an inquiry of a kind. Raises UnknownRecord."""
    found = session.get(Inquiry, inquiry)
    if found is None or found.kind != kind:
        raise UnknownRecord(f"nothing was asked for under the id {inquiry}")
    return found


def is_under_way(session: Session) -> bool:
    """Return whether a reconciliation was asked for and has not finished."""
    return bool(session.execute(_UNDER_WAY, {"kind": RECONCILE}).scalar_one())


def has_finished_since(session: Session, moment: datetime) -> bool:
    """Return whether one that was asked for after a moment has finished without an error."""
    return bool(session.execute(_FINISHED, {"kind": RECONCILE, "since": moment}).scalar_one())


@contextmanager
def taken(engine: Engine, kind: str = RECONCILE) -> Iterator[Asked | None]:
    """Give the oldest open inquiry of a kind to one process at a time; None if there is none or another is at it."""
    with transaction(engine) as holding:
        is_mine = holding.execute(_TRY_LOCK, {"kind": kind}).scalar_one()
        row = holding.execute(_NEXT, {"kind": kind}).first() if is_mine else None
        if row is None:
            yield None
            return
        with transaction(engine) as session:
            session.execute(_STARTED, {"id": row.id})
        yield Asked(row.id, row.since, row.is_compared)


def progress(engine: Engine, inquiry: UUID, done: int) -> None:
    """Note how many of the providers' messages have been read."""
    with transaction(engine) as session:
        session.execute(_PROGRESS, {"id": inquiry, "done": done})


def interrupted(engine: Engine, inquiry: UUID, error: str) -> None:
    """Note what stands in the way now, a code or a class name. It is tried again."""
    with transaction(engine) as session:
        session.execute(_INTERRUPTED, {"id": inquiry, "error": error})


def report(session: Session, inquiry: UUID, *, is_finished: bool = False, **facts: Any) -> None:
    """Add facts to a report, and finish it if they were the last."""
    row = session.get_one(Inquiry, inquiry, with_for_update=True)
    row.report = row.report | facts
    if is_finished:
        row.error = ""
        row.finished_at = now(session)
    session.flush()
