"""A worker on a server of its own that skips time, for runs that wait for days."""

import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.composition.outside import Outside
from models import search
from models.connection import connect
from models.settings import Settings
from tests.workflows.conftest import RECORD_INTO
from tests.workflows.world import settings_for
from worker import make_worker

TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


class SkippedWorld(Protocol):
    """What a world of one run offers: its providers, and the run once it is asked for."""

    outside: Outside

    @property
    def handle(self) -> WorkflowHandle: ...  # type: ignore[type-arg]


Made = TypeVar("Made", bound=SkippedWorld)


@asynccontextmanager
async def skipping(
    make: Callable[[Engine, Client, Settings, WorkflowEnvironment], Made],
    engine: Engine,
    database_url: str,
    public: str,
    history: str,
) -> AsyncIterator[Made]:
    """A world with its worker; `history` names what is kept of its run when histories are recorded."""
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(TEST_SERVER)) as time:
        attributes = {key.name: KEYWORD for key in search.ALL}
        await time.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace="default", search_attributes=attributes)
        )
        address = time.client.service_client.config.target_host
        settings = settings_for(database_url, address, f"test-{uuid4().hex[:8]}")
        settings = settings.model_copy(update={"public_base_url": public})
        client = await connect(settings)
        made = make(engine, client, settings, time)
        async with make_worker(client, settings, engine, made.outside):
            yield made
            if (directory := os.environ.get(RECORD_INTO)) and hasattr(made, "run_id"):
                kept = (await made.handle.fetch_history()).to_json()
                (Path(directory) / f"{history}.json").write_text(kept)


def named(kind: str, test: str) -> str:
    """Return the name of the history of a test."""
    return f"{kind}." + re.sub(r"\W+", "_", test.removeprefix("test_")).strip("_")
