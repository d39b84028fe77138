"""A refusal to start on a database that could lose a claim, or would not refuse a second one."""

import logging
import sys

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from models.database.tables.all import metadata

SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "track_commit_timestamp": "on"}
_INDEX = text(
    """
    SELECT coalesce((SELECT i.indisunique AND i.indisvalid FROM pg_index i
                     WHERE i.indexrelid = to_regclass('at_most_one_live_attempt')), false)
    """
)
_OWN_CLOCK = text("SELECT 'clock_timestamp()'::regprocedure = 'pg_catalog.clock_timestamp()'::regprocedure")
"""A simulation's database has a function of this name that comes first, and runs ahead of the time."""


class UnsafeDatabase(Exception):
    """Something of the server or the schema would let a message be sent twice. Says what, and what it must be."""


class UnsafeIsolation(Exception):
    """A claim ran above READ COMMITTED, where a claim that waited for a pause would not see it."""


def refuse_unsafe(engine: Engine) -> None:
    """Check the server and the schema once at start.

    Raises:
        UnsafeDatabase: a committed claim could be lost (fsync, full_page_writes, synchronous_commit), claims could
            not be ordered against opt-outs (track_commit_timestamp), the isolation level is above READ COMMITTED,
            under which a claim that waited for a lock would still see the consent of before, the tables are those of an
            earlier version, the index that makes a second live attempt impossible is not there, or the clock is not
            PostgreSQL's own, as in a simulation.
        OperationalError: the server does not answer.
    """
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in SAFE}
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()
        guarded = connection.execute(_INDEX).scalar_one()
        tells_time = connection.execute(_OWN_CLOCK).scalar_one()
        missing = metadata.tables.keys() - set(inspect(connection).get_table_names())
    wrong = [f"{name} is {found[name]}, must be {value}" for name, value in SAFE.items() if found[name] != value]
    if isolation != "read committed":
        wrong.append(f"transaction_isolation is {isolation}, must be read committed")
    if missing:
        wrong.append(f"there is no table {', '.join(sorted(missing))}; run `comms database upgrade`")
    if not guarded:
        wrong.append("the index at_most_one_live_attempt is missing; run `comms database upgrade`")
    if not tells_time:
        wrong.append("clock_timestamp() is not PostgreSQL's own; this is the database of a simulation")
    if wrong:
        raise UnsafeDatabase("; ".join(wrong))


def leave_if_unsafe(engine: Engine, log: logging.Logger) -> None:
    """End this process with 1, and one line that says why, if the database is unsafe or does not answer."""
    try:
        refuse_unsafe(engine)
    except UnsafeDatabase as unsafe:
        log.error("the database is unsafe", extra={"settings": str(unsafe)})
    except OperationalError:
        log.error("the database does not answer")
    else:
        return
    sys.exit(1)
