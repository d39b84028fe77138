"""How much is inside scopes, held or not: what a pause would hold before it is put on, and what every switch stands for."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session

from models.database.locks import scope_key
from models.database.permission.foreseeing import HELD
from models.database.permission.scopes import messages_held, runs_held
from models.database.sending.in_flight import in_flight
from models.terms import Channel, PauseScope

_WAITING = "m.audience = 'contact' AND m.state IN ('planned', 'ready') AND r.closed_at IS NULL"
_RUNS_INSIDE = "SELECT count(*) FROM run r WHERE r.closed_at IS NULL AND {inside}"
_MESSAGES_INSIDE = f"""
    SELECT count(*) AS waiting, count(*) FILTER (WHERE {HELD}) AS due FROM message m JOIN run r ON r.id = m.run_id
    WHERE {_WAITING} AND {{inside}}
"""
_RUNS = text(
    """
    SELECT r.kind, r.client_id, s.key AS sequence, count(*) AS n FROM run r LEFT JOIN sequence s ON s.id = r.sequence_id
    WHERE r.closed_at IS NULL GROUP BY 1, 2, 3
    """
)
_MESSAGES = text(
    f"""
    SELECT r.kind, m.provider, m.client_id, m.channel, s.key AS sequence, count(*) AS n
    FROM message m JOIN run r ON r.id = m.run_id LEFT JOIN sequence s ON s.id = r.sequence_id
    WHERE {_WAITING} GROUP BY 1, 2, 3, 4, 5
    """
)


@dataclass(frozen=True, slots=True)
class Inside:
    """What one scope holds, or would hold. `waiting` messages have not left; `due` of them would leave if nothing held them."""

    runs: int
    waiting: int
    due: int
    in_flight: int
    """Claimed already: a pause does not call them back."""


@dataclass(slots=True)
class Totals:
    """Open runs and waiting messages by the name of a scope. Runs are not counted by provider and channel."""

    runs: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)


def inside(session: Session, scope: str, code: str) -> Inside:
    """Return what a pause of a scope for a reason would hold now. Reads only."""
    runs, run_values = runs_held(scope, code)
    messages, message_values = messages_held(scope, code)
    found = session.execute(text(_MESSAGES_INSIDE.format(inside=messages)), message_values).one()
    return Inside(
        runs=session.execute(text(_RUNS_INSIDE.format(inside=runs)), run_values).scalar_one(),
        waiting=found.waiting,
        due=found.due,
        in_flight=len(in_flight(session, scope)),
    )


def totals(session: Session) -> Totals:
    """Return what is inside every scope but single runs, in two statements. Reads only."""
    found = Totals()
    for row in session.execute(_RUNS):
        for scope in _scopes(row):
            found.runs[scope] += row.n
    for row in session.execute(_MESSAGES):
        provider = scope_key(PauseScope.PROVIDER, name=row.provider)
        channel = scope_key(PauseScope.CHANNEL, row.client_id, Channel(row.channel))
        for scope in (*_scopes(row), provider, channel):
            found.waiting[scope] += row.n
    return found


def _scopes(row) -> list[str]:  # type: ignore[no-untyped-def]
    everything, kind = scope_key(PauseScope.EVERYTHING), scope_key(PauseScope.KIND, name=row.kind)
    sequence = [scope_key(PauseScope.SEQUENCE, name=row.sequence)] if row.sequence else []
    return [everything, kind, scope_key(PauseScope.CLIENT, row.client_id), *sequence]
