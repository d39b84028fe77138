"""The embedded PostgreSQL server: how it runs, where it is reached, when it is ready, what must be gone before."""

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from deploy.local.initdb import OWNER, account, program
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command, inherited

DATABASE = "comms"
PORTAL = "comms_portal"
"""The login that may read what clients see, and nothing else."""
SETTINGS = {
    "track_commit_timestamp": "on",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # What a statement carried belongs in no log: neither its parameters nor the row named in an error's detail.
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
SOCKET_PATH_LIMIT = 90
"""Unix socket paths end at 107 bytes; the file name takes some. A longer directory means TCP only."""
ORPHAN_PATIENCE_SECONDS = 10.0


def command(data: Path, port: int, extra: Mapping[str, str] | None = None) -> Command:
    """Return how to run the server on loopback TCP and a socket beside its data. SIGINT is its fast, clean shutdown."""
    socket = str(data) if len(os.fsencode(data)) < SOCKET_PATH_LIMIT else ""
    settings = SETTINGS | {"listen_addresses": LOOPBACK, "port": str(port), "unix_socket_directories": socket}
    options = [part for name, value in (settings | dict(extra or {})).items() for part in ("-c", f"{name}={value}")]
    return Command(
        arguments=(program("postgres"), "-D", str(data), *options),
        environment=inherited(),
        directory=Path("/"),
        user=account(),
        stop_signal=signal.SIGINT,
        leash_signal=signal.SIGINT,
        stop_within=10.0,
    )


def url(port: int, password: str, database: str = DATABASE, user: str = OWNER) -> str:
    """Return the address for libpq and psycopg. SQLAlchemy wants `postgresql+psycopg://` in front."""
    return f"postgresql://{user}:{password}@{LOOPBACK}:{port}/{database}"


def accepts(port: int, password: str) -> bool:
    """Say whether the server answers; make the service's database the first time it does."""
    with contextlib.suppress(psycopg.OperationalError):
        with psycopg.connect(url(port, password, "postgres"), autocommit=True, connect_timeout=2) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")
        return True
    return False


def let_portal_in(port: int, password: str, portal_password: str) -> None:
    """Give the portal its login. What it may read is granted by the migrations. Safe to repeat."""
    role = sql.Identifier(PORTAL)
    with psycopg.connect(url(port, password), autocommit=True, connect_timeout=2) as connection:
        known = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", (PORTAL,)).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        if known is None or not known[0]:
            # A statement that fails would be logged with its password.
            connection.execute("SET log_min_error_statement = panic")
            login = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(portal_password))
            connection.execute(login)


def wait_for_orphans(data: Path) -> None:
    """Wait until no server process works in `data`; end what does not go by itself.

    The children of a killed server notice within moments; a new one refuses to start while any of them lives.
    """
    deadline = time.monotonic() + ORPHAN_PATIENCE_SECONDS
    while orphans := [process for process in psutil.process_iter(["name"]) if _works_in(process, data)]:
        for process in orphans if time.monotonic() > deadline else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)


def _works_in(process: psutil.Process, data: Path) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.name() == "postgres" and Path(process.cwd()) == data
    return False
