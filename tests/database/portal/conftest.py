from collections.abc import Iterator
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from models.database.engine import make_engine
from models.database.portal.reading import PortalReader, published
from models.settings import DatabaseSettings
from tests.database.portal.desk import PostDesk, employ_a_privacy_reviewer
from tests.database.world import World


@pytest.fixture
def desk(world: World) -> PostDesk:
    employ_a_privacy_reviewer(world.engine)
    return PostDesk(world.engine, world.client, world.request())


@pytest.fixture
def portal(engine: Engine, database_url: str) -> Iterator[PortalReader]:
    """The portal's role, taken within the service's connections."""
    made = PortalReader(make_engine(DatabaseSettings(url=SecretStr(database_url)), pool_size=2), takes_role=True)
    yield made
    made.close()


def titles(portal: PortalReader, client: UUID) -> list[str]:
    with portal.of_client(client) as session:
        return [post.title for post in published(session)]
