"""The portal's role reads the published posts of one client, and nothing else whatever is asked."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlmodel import Session

from models.database.engine import make_engine, transaction
from models.database.migrate import upgrade
from models.database.portal.projection import only_of
from models.database.portal.reading import PortalReader, UnsafePortal, published
from models.database.tables.people import Client
from models.settings import DatabaseSettings
from tests.database.portal.conftest import titles
from tests.database.portal.desk import PostDesk, employ_a_privacy_reviewer
from tests.database.world import World


@pytest.fixture
def other(world: World) -> PostDesk:
    """Another client's desk."""
    client = world.another_client()
    return PostDesk(world.engine, client, world.request(lead=world.lead(client=client)))


def test_a_query_that_forgets_the_client_sees_that_clients_rows_only(
    world: World, desk: PostDesk, other: PostDesk, portal: PortalReader
) -> None:
    desk.published(title="Ours")
    theirs = other.published(title="Theirs")

    assert titles(portal, world.client) == ["Ours"]
    assert titles(portal, other.client) == ["Theirs"]
    with portal.of_client(world.client) as session:
        assert session.execute(text("SELECT count(*) FROM portal_post")).scalar_one() == 1
        asked = text("SELECT count(*) FROM portal_post WHERE id = :id OR true")
        assert session.execute(asked, {"id": theirs}).scalar_one() == 1


def test_a_transaction_that_does_not_say_whose_rows_it_wants_is_an_error(
    desk: PostDesk, portal: PortalReader, world: World
) -> None:
    desk.published()
    with pytest.raises(ProgrammingError, match="app.client"), portal._as_portal() as session:
        published(session)
    assert titles(portal, world.client)
    # A connection that has been used for a client does not remember it.
    with pytest.raises(DBAPIError, match="uuid"), portal._as_portal() as session:
        published(session)


def test_every_other_table_refuses_the_portal(world: World, portal: PortalReader, engine: Engine) -> None:
    tables = set(inspect(engine).get_table_names()) | set(inspect(engine).get_view_names())
    assert len(tables) > 40
    for table in sorted(tables - {"portal_post"}):
        with pytest.raises(DBAPIError, match="permission denied"), portal.of_client(world.client) as session:
            session.execute(text(f'SELECT 1 FROM "{table}"'))
    portal.refuse_unsafe()


def test_the_portal_may_not_write_even_what_it_may_read(world: World, desk: PostDesk, portal: PortalReader) -> None:
    desk.published()
    for statement in ("DELETE FROM portal_post", "UPDATE portal_post SET title = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"), _writing(portal, world.client) as session:
            session.execute(text(statement))


def test_a_login_that_sees_too_much_is_refused_at_start(engine: Engine, world: World, portal: PortalReader) -> None:
    with pytest.raises(UnsafePortal, match="superuser"):
        PortalReader(engine, takes_role=False).refuse_unsafe()
    world.rows("GRANT SELECT ON lead TO comms_portal")
    try:
        with pytest.raises(UnsafePortal, match="rights on lead"):
            portal.refuse_unsafe()
    finally:
        world.rows("REVOKE SELECT ON lead FROM comms_portal")
    world.rows("ALTER TABLE portal_post NO FORCE ROW LEVEL SECURITY")
    try:
        with pytest.raises(UnsafePortal, match="not forced"):
            portal.refuse_unsafe()
    finally:
        world.rows("ALTER TABLE portal_post FORCE ROW LEVEL SECURITY")


@pytest.fixture(scope="module")
def owned(database_server: str, database_template: str) -> Iterator[str]:
    """A database whose owner is no superuser, as a deployment has it; with a login of its own for the portal."""
    name, secret = f"comms_owned_{uuid4().hex[:8]}", secrets.token_urlsafe(8)
    address = make_url(database_server).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{secret}'".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
        made = make_url(database_server).set(drivername="postgresql+psycopg", database=name)
        yield made.set(username=name, password=secret).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        connection.execute(f"DROP ROLE {name}".encode())


def test_a_service_that_is_no_superuser_migrates_and_publishes_under_the_same_rules(owned: str) -> None:
    upgrade(owned)
    engine = make_engine(DatabaseSettings(url=SecretStr(owned)))
    try:
        mine = World(engine)
        employ_a_privacy_reviewer(engine)
        desk = PostDesk(engine, mine.client, mine.request())
        post = desk.published()
        with pytest.raises(DBAPIError, match="app.client|uuid"):
            mine.rows("SELECT * FROM portal_post")
        with transaction(engine) as session:
            other = Client(id=UUID(int=7), key="other", name="Other")
            session.add(other)
        assert _seen_as_owner(engine, mine.client) == 1
        assert _seen_as_owner(engine, UUID(int=7)) == 0
        assert desk.withdraw(post)
        assert _seen_as_owner(engine, mine.client) == 0
    finally:
        engine.dispose()


@contextmanager
def _writing(portal: PortalReader, client: UUID) -> Iterator[Session]:
    with transaction(portal.engine) as session:
        session.execute(text("SET LOCAL ROLE comms_portal"))
        only_of(session, client)
        yield session


def _seen_as_owner(engine: Engine, client: UUID) -> int:
    with transaction(engine) as session:
        session.execute(text("SELECT set_config('app.client', :client, true)"), {"client": str(client)})
        return int(session.execute(text("SELECT count(*) FROM portal_post")).scalar_one())
