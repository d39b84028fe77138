"""A world per test: a fresh database, a fresh task queue, a worker with scripted providers."""

import contextlib
import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from temporalio.testing import WorkflowEnvironment

from activities.library import read_library
from deploy.local import temporal
from models import search
from models.connection import connect
from models.database import seeding
from models.database.engine import make_engine, transaction
from models.settings import DatabaseSettings
from tests.conftest import _database as cloned
from tests.workflows.chains import histories_of
from tests.workflows.world import World, settings_for
from worker import make_worker

SOON_TOO_LONG = 40
AnyWorld = TypeVar("AnyWorld", bound=World)
RECORD_INTO = "COMMS_RECORD_HISTORIES"
"""Names a directory; the history of every run is then kept there, see `tests/histories/record.py`."""


@pytest.fixture(scope="session")
def stocked_template(database_server: str, database_template: str) -> Iterator[str]:
    """Name of a database to clone, with the staff and the whole library; to store them anew changes nothing."""
    with cloned(database_server, f"comms_stocked_{uuid4().hex[:8]}", database_template) as (name, url):
        engine = make_engine(DatabaseSettings(url=SecretStr(url)))
        with transaction(engine) as session:
            seeding.seed_staff(session, seeding.DEFAULT_STAFF)
            seeding.add_library(session, read_library(), "engineer", "approver")
        engine.dispose()
        yield name


@pytest.fixture
def stocked_url(database_server: str, stocked_template: str) -> Iterator[str]:
    """Address of a fresh database with the staff and the whole library."""
    with cloned(database_server, f"comms_test_{uuid4().hex[:12]}", stocked_template) as (_, url):
        yield url


@pytest.fixture
async def world(
    engine: Engine, database_url: str, temporal_server: str, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    async with world_of(World, engine, database_url, temporal_server, request.node.name) as made:
        yield made


@pytest.fixture
async def forgetful_world(
    engine: Engine, database_url: str, forgetful_server: str, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """A world whose server asks for a fresh history after `SOON_TOO_LONG` events."""
    async with world_of(World, engine, database_url, forgetful_server, request.node.name) as made:
        yield made


@pytest.fixture(scope="session")
async def forgetful_server() -> AsyncIterator[str]:
    server = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal.program(),
        dev_server_log_level="error",
        dev_server_startup_timeout=timedelta(seconds=30),
        search_attributes=search.ALL,
        dev_server_extra_args=[
            argument
            for setting in (*temporal.DYNAMIC_CONFIG, f"limit.historyCount.suggestContinueAsNew={SOON_TOO_LONG}")
            for argument in ("--dynamic-config-value", setting)
        ],
    )
    async with server:
        yield server.client.service_client.config.target_host


@contextlib.asynccontextmanager
async def world_of(
    kind: type[AnyWorld], engine: Engine, database_url: str, server: str, test: str
) -> AsyncIterator[AnyWorld]:
    settings = settings_for(database_url, server, f"test-{uuid4().hex[:8]}")
    client = await connect(settings)
    made = kind(engine, client, settings)
    async with make_worker(client, settings, engine, made.outside):
        yield made
        if (directory := os.environ.get(RECORD_INTO)) and hasattr(made, "run_id"):  # a test may start none
            await _keep(made, Path(directory), re.sub(r"\W+", "_", test.removeprefix("test_")).strip("_"))


async def _keep(world: World, directory: Path, name: str) -> None:
    """Keep every history of the run: a run that was continued or reset has several."""
    for kind in ("outreach", "review_request", "template_test", "rollback"):
        histories = [history async for history in histories_of(world.client, f"{kind}/{world.run_id}")]
        for number, history in enumerate(histories, start=1):
            part = f".{number}" if len(histories) > 1 else ""
            (directory / f"{kind}.{name}{part}.json").write_text(history.to_json())
