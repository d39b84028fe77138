"""The world of one test, in a database of its own."""

import pytest
from sqlalchemy import Engine

from tests.database.world import World


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)
