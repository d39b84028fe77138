"""Pauses by scope: putting one, lifting one, finding them. Each change is also an event with the epoch of its scope."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.locks import lock_scope
from models.database.outbox import NOTIFY, announce_all
from models.database.permission.scopes import kind_of, messages_held, runs_held
from models.database.tables.pauses import Pause, PauseEvent
from models.database.whose import of_client_in
from models.errors import Final, UnknownRecord
from models.event_kinds import EventKind
from models.pausing import HeldWork, LiftRule, PauseCode
from models.terms import PauseScope

PAUSE_TASK = "automatic_pause"
_CONCERNING = f"""
    (CAST(:clients AS uuid[]) IS NULL OR coalesce({of_client_in("pause.scope")} = ANY (:clients), true))
"""
_EPOCH = text("SELECT coalesce(max(epoch), 0) FROM pause_event WHERE scope = :scope")
_OPEN_RUNS = "SELECT r.id FROM run r WHERE r.closed_at IS NULL AND {inside} ORDER BY r.id"
_COUNT_OPEN = "SELECT count(*) FROM run r WHERE r.closed_at IS NULL AND {inside}"
_NOTE_IN_FLIGHT = """
    INSERT INTO pause_in_flight (pause_id, message_id, fence)
    SELECT :pause, m.id, m.fence FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.audience = 'contact' AND m.state IN ('dispatching', 'unknown', 'escalated') AND {inside}
"""


class UnusablePause(Final):
    """What was asked of a pause cannot be. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is paused, why, who answers for it, what becomes of held work, and whether it ends by itself."""

    scope: str
    reason: str
    owner: str
    code: PauseCode = PauseCode.BY_HAND
    held_work: HeldWork = HeldWork.EXPIRE
    ends_at: datetime | None = None
    lift_rule: LiftRule | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Put:
    """A pause as it stands after it was asked for, and whether that changed anything."""

    pause: Pause
    changed: bool


def put_on(session: Session, terms: Terms, origin: Origin) -> Put:
    """Pause a scope; no claim inside it commits after this transaction has. Safe to repeat.

    Whoever pauses a scope for one reason has one pause: asked for again with another end or owner it is changed, else it stays
    as it is.
    Others' pauses of the same scope hold beside it, each for itself.

    Raises:
        UnusablePause: its end is not in the future, or it would change what becomes of the work it holds already.
    """
    lock_scope(session, terms.scope)
    moment = now(session)
    if terms.ends_at is not None and terms.ends_at <= moment:
        raise UnusablePause("ends_at is over; give a later moment, or none")
    standing = _standing(session, terms, origin)
    if standing is not None and standing.held_work != terms.held_work:
        raise UnusablePause(
            f"this pause holds with {standing.held_work} since {standing.at:%Y-%m-%d %H:%M} UTC; "
            "resume it first, or pause for another reason"
        )
    if standing is not None and (standing.ends_at, standing.owner) == (terms.ends_at, terms.owner):
        return Put(standing, False)
    epoch = epoch_of(session, terms.scope) + 1
    if standing is None:
        pause = _added(session, terms, origin, epoch, moment)
    else:
        pause = standing
        pause.ends_at, pause.lift_rule, pause.owner, pause.epoch = terms.ends_at, _rule(terms), terms.owner, epoch
        session.flush()
    note_change(session, pause, EventKind.PAUSED, origin, terms.reason)
    return Put(pause, True)


def mark_lifted(session: Session, pause: Pause, origin: Origin, reason: str, per_second: float) -> None:
    """Lift a pause whose scope is locked. What it held is let go by `resuming`."""
    pause.lifted_at, pause.lifted_by, pause.per_second = now(session), origin.actor, per_second
    pause.announced_at = pause.announced_at or pause.lifted_at  # its end is told to the same runs
    pause.epoch = epoch_of(session, pause.scope) + 1
    session.flush()
    note_change(session, pause, EventKind.RESUMED, origin, reason)
    events.close_tasks(session, PAUSE_TASK, str(pause.id), origin)


def epoch_of(session: Session, scope: str) -> int:
    """Return how often a scope was paused or resumed."""
    epoch: int = session.execute(_EPOCH, {"scope": scope}).scalar_one()
    return epoch


def existing(session: Session, pause_id: UUID) -> Pause:
    """Return a pause. Raises UnknownRecord."""
    found = session.get(Pause, pause_id)
    if found is None:
        raise UnknownRecord(f"no pause {pause_id}; see GET /v1/pauses")
    return found


def locked(session: Session, pause_id: UUID) -> Pause:
    """Return a pause as it stands after every change of its scope, and keep further ones out. Raises UnknownRecord."""
    pause = existing(session, pause_id)
    lock_scope(session, pause.scope)
    session.refresh(pause)
    return pause


def of_scope(session: Session, scope: str) -> list[Pause]:
    """Return the pauses that hold a scope, oldest first. Only those of this very scope, not of a wider one."""
    held = select(Pause).where(col(Pause.scope) == scope, col(Pause.lifted_at).is_(None))
    return list(session.exec(held.order_by(col(Pause.at))))


def paused_now(session: Session, clients: Sequence[UUID] | None = None) -> list[Pause]:
    """Return every pause that holds one of these clients now (None: all), oldest first."""
    held = select(Pause).where(col(Pause.lifted_at).is_(None), text(_CONCERNING).bindparams(clients=clients))
    return list(session.exec(held.order_by(col(Pause.at))))


def open_runs(session: Session, scope: str, code: str) -> Sequence[UUID]:
    """Return the open runs that a pause of a scope for a reason holds."""
    inside, values = runs_held(scope, code)
    return session.execute(text(_OPEN_RUNS.format(inside=inside)), values).scalars().all()


def note_change(session: Session, pause: Pause, kind: EventKind, origin: Origin, reason: str) -> None:
    """Write down that a pause was put, changed or lifted, under its epoch."""
    session.execute(
        insert(PauseEvent).values(
            pause_id=pause.id,
            scope=pause.scope,
            kind="pause" if kind is EventKind.PAUSED else "resume",
            epoch=pause.epoch,
            reason=reason,
            owner=pause.owner,
            source=origin.source,
        )
    )
    facts = {"scope": pause.scope, "epoch": pause.epoch, "pause": str(pause.id), "code": pause.code}
    ends = {"ends_at": pause.ends_at.isoformat()} if pause.ends_at else {}
    about = Subject(pause.owner)
    events.record(session, kind, origin, about, reason, **facts, held_work=pause.held_work, **ends)


def _standing(session: Session, terms: Terms, origin: Origin) -> Pause | None:
    held = select(Pause).where(
        col(Pause.scope) == terms.scope,
        col(Pause.code) == terms.code,
        col(Pause.put_by) == origin.actor,
        col(Pause.lifted_at).is_(None),
    )
    return session.exec(held.execution_options(populate_existing=True)).first()


def _added(session: Session, terms: Terms, origin: Origin, epoch: int, moment: datetime) -> Pause:
    inside, values = runs_held(terms.scope, terms.code)
    pause = Pause(
        scope=terms.scope,
        code=terms.code,
        reason=terms.reason,
        owner=terms.owner,
        put_by=origin.actor,
        source=origin.source,
        held_work=terms.held_work,
        ends_at=terms.ends_at,
        lift_rule=_rule(terms),
        evidence=terms.evidence,
        runs=session.execute(text(_COUNT_OPEN.format(inside=inside)), values).scalar_one(),
        epoch=epoch,
        at=moment,
    )
    session.add(pause)
    session.flush()
    inside, values = messages_held(terms.scope, terms.code)
    session.execute(text(_NOTE_IN_FLIGHT.format(inside=inside)), values | {"pause": pause.id})
    if kind_of(terms.scope) is PauseScope.RUN:
        announce_all(session, open_runs(session, terms.scope, terms.code))
        pause.announced_at = moment
    else:
        session.execute(NOTIFY)  # whoever tells Temporal of news takes the runs in first, see `pause_announcing`
    return pause


def _rule(terms: Terms) -> LiftRule | None:
    return LiftRule.AT_END if terms.ends_at is not None else terms.lift_rule
