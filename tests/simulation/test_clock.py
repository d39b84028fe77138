"""The clock of a simulation runs ahead, also in defaults and triggers; nothing that sends starts on it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from deploy.simulation import clock
from deploy.simulation.throw_away import database, libpq
from models.database.engine import make_engine, now, transaction
from models.database.migrate import upgrade
from models.database.safety import UnsafeDatabase, refuse_unsafe
from models.database.tables.people import Client
from models.settings import DatabaseSettings

ROOMS = ("activities", "models", "starter", "workflows")
IN_SUMMER = datetime(2031, 7, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def ahead(database_server: str) -> Iterator[Engine]:
    with database(database_server) as address:
        clock.install(libpq(address))
        upgrade(address)
        engine = make_engine(DatabaseSettings(url=SecretStr(address)))
        clock.set_to(engine, IN_SUMMER)
        yield engine
        engine.dispose()


def test_whatever_asks_for_the_time_is_told_that_of_the_simulation(ahead: Engine) -> None:
    with transaction(ahead) as session:
        client = Client(key="acme", name="Acme")
        session.add(client)
        session.flush()
        session.refresh(client)
        told = now(session)

    assert client.created_at is not None
    assert timedelta(0) <= client.created_at - IN_SUMMER < timedelta(minutes=2)  # a default of a column
    assert client.created_at <= told


def test_nothing_that_sends_starts_on_the_database_of_a_simulation(ahead: Engine) -> None:
    with pytest.raises(UnsafeDatabase, match=r"clock_timestamp\(\) is not PostgreSQL's own"):
        refuse_unsafe(ahead)


def test_a_function_of_that_name_is_enough_to_be_refused_once_connections_find_it(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'"))
    refuse_unsafe(engine)  # PostgreSQL's own still comes first
    with engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {engine.url.database} SET search_path = public, pg_catalog"))
    engine.dispose()

    with pytest.raises(UnsafeDatabase, match="the database of a simulation"):
        refuse_unsafe(engine)


def test_no_room_of_the_service_knows_of_the_other_clock() -> None:
    root = Path(__file__).parents[2]
    told = [
        path.relative_to(root)
        for room in ROOMS
        for path in (root / room).rglob("*.py")
        if "simulation.clock" in (code := path.read_text()) or "search_path" in code
    ]

    assert told == []
