"""The event log and the list of what a person must do. Both are written in the transaction that makes them true."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session, col

from models.database.tables.records import Event, OwnerTask
from models.event_kinds import EventKind
from models.event_meanings import MEANINGS

SYSTEM = "comms"
_EVENTS = Event.__table__  # type: ignore[attr-defined]
"""The bare table: a line is written in almost every transaction, and needs nothing of the mapper."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what made something happen. `source` is the way it came in, `actor` a staff handle or a system."""

    source: str
    actor: str = SYSTEM


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event or a task is about."""

    owner: str = SYSTEM
    client_id: UUID | None = None
    run_id: UUID | None = None
    lead_id: UUID | None = None
    message_id: UUID | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """What a person is asked to do. At most one task of a kind is open per subject."""

    kind: str
    about: str
    instruction: str
    evidence: dict[str, Any] = field(default_factory=dict)
    within: timedelta | None = None
    """How soon it should be done, if anything says so."""


def record(session: Session, kind: EventKind, origin: Origin, subject: Subject, reason: str = "", **facts: Any) -> None:
    """Add one line to the event log. `reason` and `facts` hold codes, ids and counts, never personal data."""
    session.execute(
        insert(_EVENTS).values(
            kind=kind.value,
            source=origin.source,
            actor=origin.actor,
            owner=subject.owner,
            client_id=subject.client_id,
            run_id=subject.run_id,
            lead_id=subject.lead_id,
            message_id=subject.message_id,
            channel=subject.channel,
            reason=reason,
            facts=facts,
            **MEANINGS[kind]._asdict(),
        )
    )


def open_task(session: Session, order: TaskOrder, subject: Subject, origin: Origin) -> bool:
    """Put a task on the owner's list. Returns False if the same task is open already."""
    added = session.execute(
        upsert(OwnerTask)
        .values(
            id=uuid4(),
            kind=order.kind,
            subject=order.about,
            client_id=subject.client_id,
            run_id=subject.run_id,
            message_id=subject.message_id,
            owner=subject.owner,
            instruction=order.instruction,
            evidence=order.evidence,
            due_at=None if order.within is None else func.clock_timestamp() + order.within,
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject"], index_where=text("closed_at IS NULL"))
        .returning(col(OwnerTask.id))
    ).first()
    if added is None:
        return False
    record(session, EventKind.TASK_OPENED, origin, subject, order.kind)
    return True


def close_tasks(session: Session, kind: str, about: str, origin: Origin) -> None:
    """Close the open task of this kind and subject, if there is one."""
    closed = session.execute(
        update(OwnerTask)
        .where(col(OwnerTask.kind) == kind, col(OwnerTask.subject) == about, col(OwnerTask.closed_at).is_(None))
        .values(closed_at=text("clock_timestamp()"), closed_by=origin.actor)
        .returning(col(OwnerTask.owner), col(OwnerTask.client_id), col(OwnerTask.run_id), col(OwnerTask.message_id))
    ).first()
    if closed is not None:
        subject = Subject(closed.owner, closed.client_id, closed.run_id, None, closed.message_id)
        record(session, EventKind.TASK_CLOSED, origin, subject, kind)


def open_tasks(
    session: Session, owner: str | None = None, reader: str = "", clients: Sequence[UUID] | None = None
) -> list[OwnerTask]:
    """Return what is on people's lists, oldest first: that of a reader's own and of these clients; None: of all."""
    query = select(OwnerTask).where(col(OwnerTask.closed_at).is_(None)).order_by(col(OwnerTask.opened_at))
    if owner is not None:
        query = query.where(col(OwnerTask.owner) == owner)
    if clients is not None:
        query = query.where(or_(col(OwnerTask.owner) == reader, col(OwnerTask.client_id).in_(clients)))
    return list(session.scalars(query))
