"""The way to PostgreSQL: one engine, one place that commits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from pydantic import SecretStr
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

import models.database.tables.all  # noqa: F401  (foreign keys are resolved by name: every table must be known)
from models.settings import DatabaseSettings

DECISION_KEY = "decision_key"
"""The option of an engine under which it keeps what keys the marks of decisions; see `models.database.permission.marks`."""
TRY_AFTER_IDLE_SECONDS = 1.0
GIVE_UP_A_SILENT_SERVER = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""libpq's options, seconds and at last milliseconds: a server whose host or network is gone without a word is given up after
25 seconds. The system's defaults wait 15 minutes for what was sent and two hours for an answer, and a thread with them."""


def make_engine(settings: DatabaseSettings, *, pool_size: int | None = None, url: SecretStr | None = None) -> Engine:
    """Return an engine whose transactions are READ COMMITTED and whose stale connections are replaced.

    A connection that was idle for a while is tried before it is used. One that breaks between two quick uses fails the
    second; the whole pool is then replaced, and callers repeat. `url` is for a login other than the service's own.
    """
    engine = create_engine(
        (url or settings.url).get_secret_value(),
        pool_size=pool_size or settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": 5,
            "application_name": "comms",
            "options": "-c timezone=UTC",
            **GIVE_UP_A_SILENT_SERVER,
        },
        hide_parameters=True,
        execution_options={DECISION_KEY: settings.decision_key.get_secret_value().encode()},
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


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Commit on success, roll back on any error. Nothing else in the project commits."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def rehearsal(engine: Engine) -> Iterator[Session]:
    """Do in a transaction what is rolled back at its end: what a step would come to, by the step's own code. Nothing is kept."""
    with Session(engine, expire_on_commit=False) as session:
        try:
            yield session
        finally:
            session.rollback()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Show the rows as they are at one moment, for reading only: PostgreSQL refuses whatever would write or lock a row."""
    with transaction(engine) as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield session


def now(session: Session) -> datetime:
    """Return the database clock, which alone decides leases, deadlines and expiry."""
    moment: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment
