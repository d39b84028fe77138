"""A world per test: a fresh database, a fresh task queue, a worker with scripted providers."""

import contextlib
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from temporalio.service import RPCError

from models.connection import connect
from tests.workflows.world import World, settings_for
from worker import make_worker

RECORD_INTO = "COMMS_RECORD_HISTORIES"
"""Names a directory; the history of every run is then kept there, see `tests/histories/record.py`."""


@pytest.fixture
async def world(
    engine: Engine, database_url: str, temporal_server: str, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    settings = settings_for(database_url, temporal_server, f"test-{uuid4().hex[:8]}")
    client = await connect(settings)
    made = World(engine, client, settings)
    async with make_worker(client, settings, engine, made.outside):
        yield made
        if directory := os.environ.get(RECORD_INTO):
            await _keep(made, Path(directory), request.node.name)


async def _keep(world: World, directory: Path, test: str) -> None:
    name = re.sub(r"\W+", "_", test.removeprefix("test_")).strip("_")
    for kind in ("outreach", "rollback"):
        handle = world.client.get_workflow_handle(f"{kind}/{world.run_id}")
        with contextlib.suppress(RPCError):
            history = await handle.fetch_history()
            (directory / f"{kind}.{name}.json").write_text(history.to_json())
