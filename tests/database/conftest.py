"""The world of one test. Its database is emptied after it, because making a new one takes longer than most tests here."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, make_url

from models.database.engine import make_engine
from models.settings import DatabaseSettings
from tests.database.emptying import empty, leave
from tests.database.outage import UNREACHABLE
from tests.database.planting import Provider
from tests.database.restoring import Backup
from tests.database.telling import tell  # noqa: F401  (a fixture)
from tests.database.world import World
from tests.standins.program import Program, running


@pytest.fixture(scope="session")
def emptied_database(database_server: str, database_template: str) -> Iterator[str]:
    """Address of the one database these tests take turns in."""
    server, name = make_url(database_server), f"comms_turns_{uuid.uuid4().hex[:8]}"
    owner = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database_template}"'.encode())
        address = server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
        yield address
        leave(address)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def lasting_engine(emptied_database: str) -> Engine:
    """The one engine on it. To compile each statement anew would take as long as most tests here."""
    return make_engine(DatabaseSettings(url=SecretStr(emptied_database)))


@pytest.fixture
def database_url(emptied_database: str) -> Iterator[str]:
    """Address of an empty, migrated database."""
    yield emptied_database
    empty(emptied_database)


@pytest.fixture
def engine(lasting_engine: Engine, database_url: str) -> Iterator[Engine]:
    """The service's engine on an empty, migrated database, with connections of this test's own.

    Whoever listens to it ends that before the test does.
    """
    yield lasting_engine
    lasting_engine.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine, kept=True)


@pytest.fixture
def provider() -> Provider:
    """A provider that has heard nothing yet."""
    return Provider()


@pytest.fixture
async def twilio(tmp_path: Path) -> AsyncIterator[Program]:
    """A Twilio whose web hooks reach nobody; its log of requests is in `tmp_path`."""
    async with running("twilio", tmp_path, *UNREACHABLE) as program:
        yield program


@pytest.fixture
def backup(world: World, database_url: str) -> Iterator[Backup]:
    """Copies of the world's database."""
    with ExitStack() as at_the_end:
        yield Backup(world, database_url, at_the_end)
