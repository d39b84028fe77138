"""A world of review requests per test."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from tests.workflows.conftest import world_of
from tests.workflows.reviews.world import ReviewWorld


@pytest.fixture
async def world(
    engine: Engine, database_url: str, temporal_server: str, request: pytest.FixtureRequest
) -> AsyncIterator[ReviewWorld]:
    async with world_of(ReviewWorld, engine, database_url, temporal_server, request.node.name) as made:
        yield made


@pytest.fixture
async def forgetful_world(
    engine: Engine, database_url: str, forgetful_server: str, request: pytest.FixtureRequest
) -> AsyncIterator[ReviewWorld]:
    async with world_of(ReviewWorld, engine, database_url, forgetful_server, request.node.name) as made:
        yield made
