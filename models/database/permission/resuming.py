"""Lifting a pause: what it held is let go at a limited rate, as a timetable in rows, so that nothing forgets it.

Each held message gets its turn, before which no claim of it passes; its run is told when the turn has come. Every check is
made again then.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session

from models.database.events import Origin
from models.database.locks import SCOPES_OF_MESSAGE, WITH_SEQUENCE
from models.database.outbox import NOTIFY, announce_all
from models.database.permission import pauses
from models.database.permission.foreseeing import WILL_SEND, Foreseen, foresee
from models.database.permission.scopes import HOLDS, messages_held
from models.database.sending.facts import Rules
from models.database.tables.pauses import Pause
from models.pausing import SPARING, HeldWork

_TIMETABLE = text(
    """
    INSERT INTO pause_drain (pause_id, message_id, expected, turn_at)
    SELECT :pause, message_id, expected, CASE WHEN expected = :will_send THEN CAST(:lifted AS timestamptz) + after END
    FROM unnest(CAST(:messages AS uuid[]), CAST(:expected AS text[]), CAST(:after AS interval[]))
        AS held (message_id, expected, after)
    """
)
_TURNS = text(
    """
    UPDATE message m SET turn_at = d.turn_at FROM (
        SELECT d.message_id, d.turn_at FROM pause_drain d JOIN message o ON o.id = d.message_id
        WHERE d.pause_id = :pause ORDER BY o.id FOR UPDATE OF o) d
    WHERE m.id = d.message_id
    """
)
_TELL = text(
    """
    INSERT INTO outbox (run_id, purpose, news, next_try_at, tries)
    SELECT run_id, 'nudge', 1, CAST(:lifted AS timestamptz) + min(after), 0
    FROM unnest(CAST(:runs AS uuid[]), CAST(:after AS interval[])) AS held (run_id, after) GROUP BY run_id ORDER BY run_id
    ON CONFLICT (run_id) DO UPDATE SET news = outbox.news + 1, next_try_at = least(outbox.next_try_at, excluded.next_try_at)
    """
)
# A message that another sparing pause holds as well is spared by that one for the time they share.
_SPARE = f"""
    UPDATE message SET expires_at = expires_at + spared.by
    FROM (
        SELECT m.id, coalesce(greatest(m.turn_at - :lifted, interval '0'), interval '0') + greatest(interval '0',
            coalesce((SELECT min(p.at) FROM pause p WHERE p.paused AND {HOLDS} AND p.held_work = ANY (:sparing)
                      AND p.scope = ANY ({SCOPES_OF_MESSAGE})), :lifted) - greatest(:since, m.expires_at - m.lifetime)) AS by
        FROM message m JOIN run r ON r.id = m.run_id {WITH_SEQUENCE}
        WHERE m.audience = 'contact' AND m.state IN ('planned', 'ready', 'dispatching', 'unknown', 'escalated')
          AND m.expires_at IS NOT NULL AND {{inside}}
        ORDER BY m.id FOR UPDATE OF m
    ) spared WHERE spared.id = message.id
"""


def lift(
    session: Session, pause: Pause, origin: Origin, reason: str, rules: Rules, per_second: float
) -> list[Foreseen]:
    """Lift a pause whose scope is locked; return what becomes of what it held, as the gate sees it now."""
    foreseen = foresee(session, pause, rules, per_second)
    let_go(session, pause, origin, reason, foreseen, per_second)
    return foreseen


def let_go(
    session: Session, pause: Pause, origin: Origin, reason: str, foreseen: Sequence[Foreseen], per_second: float
) -> None:
    """Lift a pause whose scope is locked, and write the timetable of what it held."""
    pauses.mark_lifted(session, pause, origin, reason, per_second)
    after = [one.after for one in foreseen]
    timetable = {
        "pause": pause.id,
        "lifted": pause.lifted_at,
        "will_send": WILL_SEND,
        "messages": [one.message_id for one in foreseen],
        "expected": [one.what for one in foreseen],
        "after": after,
    }
    session.execute(_TIMETABLE, timetable)
    session.execute(_TURNS, {"pause": pause.id})
    if HeldWork(pause.held_work) in SPARING:
        _spare(session, pause)
    held_runs = [one.run_id for one in foreseen]
    session.execute(_TELL, {"lifted": pause.lifted_at, "runs": held_runs, "after": after})
    session.execute(NOTIFY)
    others = set(pauses.open_runs(session, pause.scope, pause.code)) - set(held_runs)
    announce_all(session, sorted(others))


def lift_own(session: Session, scope: str, origin: Origin, reason: str, sources: Sequence[str]) -> int:
    """Lift the pauses of one run that came in through given ways; what the run holds may leave at once.

    Returns how many were lifted.
    """
    lifted = 0
    for pause in pauses.of_scope(session, scope):
        if pause.source in sources:
            let_go(session, pauses.locked(session, pause.id), origin, reason, (), 1.0)
            lifted += 1
    return lifted


def _spare(session: Session, pause: Pause) -> None:
    inside, values = messages_held(pause.scope, pause.code)
    where = values | {"lifted": pause.lifted_at, "since": pause.at, "sparing": list(SPARING)}
    session.execute(text(_SPARE.format(inside=inside)), where)
