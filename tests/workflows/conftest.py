"""A world per test: a fresh database, a fresh task queue, a worker with scripted providers."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from models.connection import connect
from tests.workflows.world import World, settings_for
from worker import make_worker


@pytest.fixture
async def world(engine: Engine, database_url: str, temporal_server: str) -> AsyncIterator[World]:
    settings = settings_for(database_url, temporal_server, f"test-{uuid4().hex[:8]}")
    client = await connect(settings)
    made = World(engine, client, settings)
    async with make_worker(client, settings, engine, made.outside):
        yield made
