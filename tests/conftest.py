"""Real parts for tests: PostgreSQL with a migrated template, a Temporal server in memory, whole stacks."""

import gc
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from pydantic import SecretStr
from sqlalchemy import Engine, make_url
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from deploy.local import initdb, postgres, temporal
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Command, spawn
from deploy.local.stack import LocalStack, StackOptions
from models.database.engine import make_engine
from models.database.migrate import upgrade
from models.settings import DatabaseSettings
from tests.short_lived import directory

# A console keeps the width of a parallel run for ever, and each test sets its own.
os.environ.pop("COLUMNS", None)

# Every machine tries the same examples, so that what passed here passes there. `--hypothesis-profile default` searches.
settings.register_profile("the same everywhere", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("the same everywhere")

SHARED_STACK = "tests/stack/"
STACK_TESTS = [Path(__file__).parent / name for name in ("stack", "supervisor")]
START_SECONDS = 30.0
PASSWORD = "only-for-tests"

StartStack = Callable[[StackOptions], Awaitable[LocalStack]]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "stack: runs a whole embedded stack, or a large part of one")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(place in item.path.parents for place in STACK_TESTS):
            item.add_marker(pytest.mark.stack)


class StackTogether(LoadFileScheduling):  # type: ignore[misc]
    """Gives all tests that share a stack to one worker, and each other file to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return SHARED_STACK if file.startswith(SHARED_STACK) else file


@pytest.hookimpl(optionalhook=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the collector of garbage what lives as long as the tests do; it would look at all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many again as there are processors: a test waits for its servers a third of its time."""
    return (os.cpu_count() or 2) * 3 // 2


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> StackTogether:
    return StackTogether(config, log)


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """Address of a database whose owner may create others: TEST_DATABASE_URL, or an embedded server.

    The embedded one has the settings of the stack, fsync included: tests refuse unsafe databases as the service does.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    port = free_port()
    with directory() as place:
        data = place / "data"
        initdb.initialise(data, PASSWORD, durable=False)
        with _running("postgres", postgres.command(data, port), place, lambda: postgres.accepts(port, PASSWORD)):
            yield postgres.url(port, PASSWORD)


@pytest.fixture(scope="session")
def database_template(database_server: str) -> Iterator[str]:
    """Name of a migrated, empty database to clone."""
    with _database(database_server, f"comms_template_{uuid.uuid4().hex[:8]}") as (name, url):
        upgrade(url)
        # A database with sessions cannot be cloned, and the migrations may have left one open.
        with psycopg.connect(_libpq(database_server), autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield name


@pytest.fixture
def database_url(database_server: str, database_template: str) -> Iterator[str]:
    """Address (`postgresql+psycopg://`) of a fresh, migrated database, gone after the test."""
    with _database(database_server, f"comms_test_{uuid.uuid4().hex[:12]}", database_template) as (_, url):
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The service's engine on a fresh, migrated database."""
    made = make_engine(DatabaseSettings(url=SecretStr(database_url)))
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Temporal server in memory, with the stack's search attributes and timers."""
    runtime, port, ui_port = tmp_path_factory.mktemp("temporal"), free_port(), free_port()
    with _running("temporal", temporal.command(runtime, port, ui_port), runtime, lambda: temporal.serves(ui_port)):
        yield f"{LOOPBACK}:{port}"


@pytest.fixture
def state_dir() -> Iterator[Path]:
    """A directory for one stack, gone after the test."""
    with directory() as place:
        yield place


@pytest.fixture(scope="module")
async def start_stack() -> AsyncIterator[StartStack]:
    """Starts stacks, each in a directory of its own; they run until the end of the module."""
    async with AsyncExitStack() as until_the_end:

        async def start(options: StackOptions) -> LocalStack:
            state = until_the_end.enter_context(directory())
            return await until_the_end.enter_async_context(LocalStack(state, options))

        yield start


@pytest.fixture(scope="module")
async def stack(start_stack: StartStack) -> LocalStack:
    """The whole stack, for the tests of one module."""
    return await start_stack(StackOptions())


@contextmanager
def _running(name: str, command: Command, directory: Path, ready: Callable[[], bool]) -> Iterator[None]:
    child = spawn(name, command, directory / f"{name}.log")
    try:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if child.exit_code is not None or time.monotonic() > deadline:
                pytest.fail(f"{name} did not start:\n{child.last_lines()}")
            time.sleep(0.02)
        yield
    finally:
        child.process.send_signal(signal.SIGINT)
        child.process.wait(timeout=10)


@contextmanager
def _database(server: str, name: str, template: str = "template1") -> Iterator[tuple[str, str]]:
    with psycopg.connect(_libpq(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        try:
            address = make_url(server).set(drivername="postgresql+psycopg", database=name)
            if template != "template1":
                _declare_whole(address.set(drivername="postgresql").render_as_string(hide_password=False))
            yield name, address.render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _declare_whole(database: str) -> None:
    """The service would hold a clone as a restored ledger."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE ledger_epoch SET incarnation = ledger_incarnation()")


def _libpq(server: str) -> str:
    return make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
