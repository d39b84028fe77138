"""The whole application behind a real server, with something of every kind in its database."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pydantic import SecretStr

from models.database.engine import make_engine, transaction
from models.database.seeding import StaffMember, seed_staff
from models.settings import DatabaseSettings
from models.terms import Role
from tests.conftest import _database as cloned
from tests.openapi.stocked import Stocked
from tests.starter.conftest import furnished  # noqa: F401
from tests.starter.served import served, settings_on

EVERYBODY = StaffMember("everybody", tuple(Role))


@pytest.fixture(scope="module")
def stocked(database_server: str, furnished: tuple[str, dict[str, str]]) -> Iterator[Stocked]:  # noqa: F811
    """The application with rows behind every path; one member of its staff has every role."""
    template, keys = furnished
    with cloned(database_server, f"comms_openapi_{uuid4().hex[:8]}", template) as (_, url):
        engine = make_engine(DatabaseSettings(url=SecretStr(url)))
        with transaction(engine) as session:
            keys = keys | seed_staff(session, [EVERYBODY])
        with served(settings_on(url)) as address:
            yield Stocked(address, keys, engine)
        engine.dispose()
