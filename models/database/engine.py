"""The way to PostgreSQL: one engine, one place that commits, and a refusal to start on an unsafe database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

import models.database.tables.all  # noqa: F401  (foreign keys are resolved by name: every table must be known)
from models.settings import DatabaseSettings

TRY_AFTER_IDLE_SECONDS = 1.0
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "track_commit_timestamp": "on"}


class UnsafeDatabase(Exception):
    """A server setting would let a committed claim be lost. Says which one and what it must be."""


def make_engine(settings: DatabaseSettings, *, pool_size: int | None = None) -> Engine:
    """Return an engine whose transactions are READ COMMITTED and whose stale connections are replaced.

    A connection that was idle for a while is tried before it is used. One that breaks between two quick uses fails the
    second; the whole pool is then replaced, and callers repeat.
    """
    engine = create_engine(
        settings.url.get_secret_value(),
        pool_size=pool_size or settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 5, "application_name": "comms", "options": "-c timezone=UTC"},
        hide_parameters=True,
    )
    event.listen(engine, "checkin", _note_idle)
    event.listen(engine, "checkout", _try_if_idle)
    return engine


def _note_idle(_: object, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()


def _try_if_idle(connection: psycopg.Connection, record: ConnectionPoolEntry, _: object) -> None:
    if time.monotonic() - record.info.get("idle_since", time.monotonic()) < TRY_AFTER_IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        raise DisconnectionError from None


def refuse_unsafe(engine: Engine) -> None:
    """Check the server once at start.

    Raises:
        UnsafeDatabase: a committed claim could be lost (fsync, full_page_writes, synchronous_commit), claims could
            not be ordered against opt-outs (track_commit_timestamp), or the isolation level is above READ COMMITTED,
            under which a claim that waited for a lock would still see the consent of before.
    """
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in SAFE}
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    wrong = [f"{name} is {found[name]}, must be {value}" for name, value in SAFE.items() if found[name] != value]
    if isolation != "read committed":
        wrong.append(f"transaction_isolation is {isolation}, must be read committed")
    if wrong:
        raise UnsafeDatabase("; ".join(wrong))


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Commit on success, roll back on any error. Nothing else in the project commits."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def now(session: Session) -> datetime:
    """Return the database clock, which alone decides leases, deadlines and expiry."""
    moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment
