"""How a pause stands: what it found under way and when that had ended, what it holds, and how far its drain has come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.permission.foreseeing import HELD
from models.database.permission.scopes import messages_held
from models.database.tables.pauses import Pause

_IN_FLIGHT = text(
    """
    SELECT f.message_id, m.run_id, f.fence, a.outcome, a.ended_at FROM pause_in_flight f
    JOIN message m ON m.id = f.message_id LEFT JOIN attempt a ON a.message_id = f.message_id AND a.fence = f.fence
    WHERE f.pause_id = :pause AND (CAST(:clients AS uuid[]) IS NULL OR m.client_id = ANY (:clients)) ORDER BY m.planned_at
    """
)
_HELD = "SELECT count(*) FROM message m JOIN run r ON r.id = m.run_id WHERE {held} AND {inside}"
_CAME_TO = text(
    """
    SELECT d.expected, CASE
            WHEN m.state IN ('accepted', 'dispatching', 'unknown', 'escalated') THEN 'sent'
            WHEN m.state = 'ready' AND coalesce(m.reason, 'paused') IN ('paused', 'draining') THEN 'waiting'
            ELSE coalesce(m.reason, m.state) END AS came_to, count(*) AS n, max(d.turn_at) AS last_turn
    FROM pause_drain d JOIN message m ON m.id = d.message_id WHERE d.pause_id = :pause GROUP BY 1, 2
    """
)
_ENDED = ("accepted", "not_accepted")


@dataclass(frozen=True, slots=True)
class Flight:
    """A call that was claimed before the pause. `ended` as accepted or not accepted; None while that is not known."""

    message_id: UUID
    run_id: UUID
    ended: str | None


@dataclass(frozen=True, slots=True)
class Draining:
    """How far the work that was held has come since the resume, in messages."""

    expected: dict[str, int] = field(default_factory=dict)
    came_to: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    last_turn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PauseStanding:
    """One pause with all that people ask about it."""

    pause: Pause
    held: int
    in_flight: tuple[Flight, ...]
    drained_at: datetime | None
    """When the last call that was under way had ended; None as long as one has not."""
    draining: Draining | None


def of(session: Session, pause: Pause, clients: Sequence[UUID] | None = None) -> PauseStanding:
    """Return how a pause stands; of the calls that were under way, those of these clients (None: all)."""
    flights = session.execute(_IN_FLIGHT, {"pause": pause.id, "clients": clients}).mappings().all()
    ended = all(row["outcome"] in _ENDED for row in flights)
    assert pause.at is not None
    drained_at = max([pause.at, *(row["ended_at"] for row in flights)]) if ended else None
    return PauseStanding(
        pause=pause,
        held=_held(session, pause) if pause.lifted_at is None else 0,
        in_flight=tuple(
            Flight(row["message_id"], row["run_id"], row["outcome"] if row["outcome"] in _ENDED else None)
            for row in flights
        ),
        drained_at=drained_at,
        draining=_draining(session, pause) if pause.lifted_at is not None else None,
    )


def _held(session: Session, pause: Pause) -> int:
    inside, values = messages_held(pause.scope, pause.code)
    held: int = session.execute(text(_HELD.format(held=HELD, inside=inside)), values).scalar_one()
    return held


def _draining(session: Session, pause: Pause) -> Draining:
    expected: Counter[str] = Counter()
    came_to: Counter[str] = Counter()
    rows: Any = session.execute(_CAME_TO, {"pause": pause.id}).all()
    for row in rows:
        expected[row.expected] += row.n
        came_to[row.came_to] += row.n
    waiting = came_to.pop("waiting", 0)
    turns = [row.last_turn for row in rows if row.last_turn is not None]
    return Draining(dict(expected), dict(came_to), waiting, max(turns, default=None))
