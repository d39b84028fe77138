"""A world of one digest per test, on a server of its own that skips time."""

import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from models import search
from models.connection import connect
from tests.workflows.conftest import RECORD_INTO
from tests.workflows.digests.world import PUBLIC, DigestWorld
from tests.workflows.world import settings_for
from worker import make_worker

TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


@pytest.fixture
async def world(engine: Engine, database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[DigestWorld]:
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(TEST_SERVER)) as time:
        attributes = {key.name: KEYWORD for key in search.ALL}
        await time.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace="default", search_attributes=attributes)
        )
        address = time.client.service_client.config.target_host
        settings = settings_for(database_url, address, f"test-{uuid4().hex[:8]}")
        settings = settings.model_copy(update={"public_base_url": PUBLIC})
        client = await connect(settings)
        made = DigestWorld(engine, client, settings, time)
        async with make_worker(client, settings, engine, made.outside):
            yield made
            if (directory := os.environ.get(RECORD_INTO)) and hasattr(made, "run_id"):
                await _keep(made, Path(directory), request.node.name)


async def _keep(world: DigestWorld, directory: Path, test: str) -> None:
    name = re.sub(r"\W+", "_", test.removeprefix("test_")).strip("_")
    history = await world.handle.fetch_history()
    (directory / f"report_digest.{name}.json").write_text(history.to_json())
