"""A resume is a preview first: what it would do is shown and kept; a person then confirms what they were shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.database.engine import now
from models.database.events import Origin
from models.database.permission import pauses, resuming
from models.database.permission.foreseeing import WILL_SEND, Foreseen, counted, expired_meanwhile, foresee, not_due
from models.database.permission.scopes import kind_of
from models.database.sending.facts import Rules
from models.database.tables.pauses import Pause, PausePreview
from models.errors import Final
from models.terms import PauseScope


class NotAsShown(Final):
    """A resume does not fit what its caller has seen. The message says what to look at again."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a resume would do now, and the name under which it can be confirmed."""

    row: PausePreview
    foreseen: Sequence[Foreseen]
    expired_meanwhile: Sequence[Mapping[Any, Any]]
    not_due: Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller wants resumed, as they know it.

    Args:
        pause_id: which pause.
        epoch: its epoch when they looked; None only for one's own.
        preview_id: what they were shown; None only where a single run is concerned.
        reason: why.
    """

    pause_id: UUID
    epoch: int | None
    preview_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How resumes are done: by which rules the gate judges, how fast, and how old a preview may be."""

    rules: Rules
    per_second: float
    preview_lasts: timedelta


def show(session: Session, pause: Pause, rules: Rules, per_second: float, asked_by: str) -> Preview:
    """Look what a resume would do, and keep it for whoever confirms it. Changes nothing else; safe to repeat.

    Raises:
        NotAsShown: the pause is lifted already.
    """
    if pause.lifted_at is not None:
        raise NotAsShown(f"this pause was lifted at {pause.lifted_at:%Y-%m-%d %H:%M:%S} UTC by {pause.lifted_by}")
    foreseen = foresee(session, pause, rules, per_second)
    row = PausePreview(
        pause_id=pause.id, epoch=pause.epoch, asked_by=asked_by, per_second=per_second, counts=counted(foreseen)
    )
    session.add(row)
    session.flush()
    return Preview(row, foreseen, expired_meanwhile(session, pause), not_due(session, pause))


def resume(session: Session, wish: Wish, policy: Policy, origin: Origin) -> bool:
    """Lift a pause as it was shown. Returns False if it was lifted before. Safe to repeat.

    What the gate says is asked anew under the lock of the scope; fewer messages may leave than were shown, never more.

    Raises:
        NotAsShown: the epoch or the preview is missing, outdated or another's, or more would leave than was shown.
        UnknownRecord: there is no such pause.
    """
    pause = pauses.locked(session, wish.pause_id)
    if pause.lifted_at is not None:
        return False
    _check_epoch(pause, wish.epoch, origin)
    if kind_of(pause.scope) is PauseScope.RUN:
        resuming.lift(session, pause, origin, wish.reason, policy.rules, policy.per_second)
        return True
    shown = _shown(session, pause, wish.preview_id, policy.preview_lasts)
    foreseen = foresee(session, pause, policy.rules, shown.per_second)
    counts = counted(foreseen)
    if counts.get(WILL_SEND, 0) > shown.counts.get(WILL_SEND, 0):
        raise NotAsShown(
            f"{counts[WILL_SEND]} messages would leave now, and you were shown {shown.counts.get(WILL_SEND, 0)}: "
            "look at the preview again, then confirm that one"
        )
    resuming.let_go(session, pause, origin, wish.reason, foreseen, shown.per_second)
    return True


def _check_epoch(pause: Pause, epoch: int | None, origin: Origin) -> None:
    who = f"{pause.put_by} has paused {pause.scope} ({pause.reason}), epoch {pause.epoch}"
    if epoch is None and pause.put_by != origin.actor:
        raise NotAsShown(f"{who}: name its epoch, so that nobody resumes what they have not seen")
    if epoch is not None and epoch != pause.epoch:
        raise NotAsShown(f"{who}, not {epoch}: it was changed since you looked; look at it again")


def _shown(session: Session, pause: Pause, preview_id: UUID | None, lasts: timedelta) -> PausePreview:
    shown = session.get(PausePreview, preview_id) if preview_id is not None else None
    if shown is None or shown.pause_id != pause.id:
        raise NotAsShown("a resume is a preview first: POST /v1/pauses/{id}/preview, then name its `preview` here")
    assert shown.at is not None
    if shown.epoch != pause.epoch or now(session) - shown.at > lasts:
        raise NotAsShown("the preview is outdated; look at it again, then confirm that one")
    return shown
