"""A worker on a server of its own that skips time, for runs that wait for days."""

import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.composition.outside import Outside
from deploy.simulation.time_server import address_of, time_server
from models.connection import connect
from models.settings import Settings
from tests.workflows.conftest import RECORD_INTO
from tests.workflows.world import settings_for
from worker import make_worker


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
    async with time_server() as time:
        settings = settings_for(database_url, address_of(time), f"test-{uuid4().hex[:8]}")
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
