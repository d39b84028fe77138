"""Telling the runs inside a wide pause, after it has taken effect.

To tell thousands of runs takes longer than a pause may take to answer, so it comes afterwards. A pause says itself whether
it was done: what a process leaves undone that dies over it, the next one does.
"""

from sqlalchemy import Engine, text

from models.database.engine import transaction
from models.database.locks import have_alone
from models.database.outbox import announce_all
from models.database.permission import pauses

AT_ONCE = 250
"""Runs of one transaction, so that news of one of them never waits long for its row."""
_NEXT = text("SELECT id FROM pause WHERE announced_at IS NULL ORDER BY at LIMIT 1")
_DONE = text("UPDATE pause SET announced_at = clock_timestamp() WHERE id = :id")


def announce_pauses(engine: Engine) -> int:
    """Put the open runs of every pause that nobody has announced into the outbox; return how many pauses there were.

    One process at a time; others return at once. Takes no lock of a scope: a resume meanwhile announces the same runs again,
    which does no harm, nor does a repetition.
    """
    announced = 0
    with transaction(engine) as alone:
        if not have_alone(alone, "announce pauses"):
            return announced
        while _announced_next(engine):
            announced += 1
    return announced


def _announced_next(engine: Engine) -> bool:
    with transaction(engine) as session:
        found = session.execute(_NEXT).scalar_one_or_none()
        if found is None:
            return False
        pause = pauses.existing(session, found)
        runs = pauses.open_runs(session, pause.scope, pause.code)
    for start in range(0, len(runs), AT_ONCE):
        with transaction(engine) as session:
            announce_all(session, runs[start : start + AT_ONCE])
    with transaction(engine) as session:
        session.execute(_DONE, {"id": found})
    return True
