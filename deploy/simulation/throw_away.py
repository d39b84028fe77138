"""An empty PostgreSQL database that is gone afterwards: on a server of its own, or beside others on one that is named."""

import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from deploy.local import initdb, postgres
from deploy.local.ports import free_port
from deploy.local.processes import Child, spawn
from deploy.simulation.missing import PartsMissing, refuse_without_postgres

START_SECONDS = 30.0
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
"""Nothing of it is to outlive a power cut."""
_LEFT_OVER = """
    SELECT datname FROM pg_database d WHERE datname ~ '^comms_simulation_[0-9]+_'
      AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)
      AND to_timestamp(split_part(datname, '_', 3)::bigint) < now() - interval '1 hour'
"""


@contextmanager
def database(server: str | None) -> Iterator[str]:
    """Make an empty database; drop it at the end. Yields its address (`postgresql+psycopg://`).

    What a simulation that was killed has left on a named server is dropped by the next one, after an hour.

    Args:
        server: address of a database whose login may create others; None starts a server of its own.

    Raises:
        PartsMissing: none is named and none is installed.
        psycopg.OperationalError: the server that was named does not answer.
    """
    if server is None:
        with own_server() as own, _made_on(own) as address:
            yield address
    else:
        with _made_on(server) as address:
            yield address


def libpq(address: str) -> str:
    """Return an address as libpq reads it."""
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def _made_on(server: str) -> Iterator[str]:
    name = f"comms_simulation_{int(time.time())}_{secrets.token_hex(4)}"
    with psycopg.connect(libpq(server), autocommit=True, connect_timeout=5) as connection:
        for (old,) in connection.execute(_LEFT_OVER).fetchall():
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            made = make_url(server).set(drivername="postgresql+psycopg", database=name)
            yield made.render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def own_server(through: tuple[str, ...] = ()) -> Iterator[str]:
    """Run an embedded server in a directory of its own; both are gone at the end. Yields its address for libpq.

    Args:
        through: a command that starts it, if something must come first; for tests.
    """
    refuse_without_postgres()
    place = Path(tempfile.mkdtemp(prefix="comms-simulation-"))
    try:
        password, port = secrets.token_urlsafe(16), free_port()
        initdb.initialise(place / "data", password, durable=False)
        command = postgres.command(place / "data", port, FORGETFUL)
        command = replace(command, arguments=(*through, *command.arguments))
        child = spawn("postgres", command, place / "postgres.log")
        try:
            _wait(child, port, password)
            yield postgres.url(port, password)
        finally:
            _end(child)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait(child: Child, port: int, password: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not postgres.accepts(port, password):
        if child.exit_code is not None or time.monotonic() > deadline:
            raise PartsMissing(f"the embedded PostgreSQL does not start: {child.last_lines(3)}")
        time.sleep(0.02)


def _end(child: Child) -> None:
    if child.exit_code is None:
        child.process.send_signal(signal.SIGINT)
        try:
            child.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
