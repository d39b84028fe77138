"""A run goes on with the version of the code that is current: from a worker without versions, over one version, to the next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from sqlalchemy import Engine
from temporalio.api.enums.v1 import VersioningBehavior
from temporalio.workflow import _Definition

from models.connection import connect
from models.settings import Settings
from models.terms import OutreachOutcome
from starter.comms.replaying.replay import Replays
from starter.comms.replaying.verdicts import Outcome
from tests.workflows.world import World, a_step, settings_for
from worker import make_worker
from workflows.registry import WORKFLOWS
from workflows.versions import BEHAVIOR, FOLLOWS_THE_CURRENT_VERSION, make_current


def test_every_workflow_follows_the_current_version_and_none_says_so_where_unversioned_workers_would_trip() -> None:
    assert dict.fromkeys(WORKFLOWS, FOLLOWS_THE_CURRENT_VERSION) == BEHAVIOR
    said = [_Definition.must_from_class(workflow).versioning_behavior for workflow in WORKFLOWS]
    assert not any(said)


async def test_a_run_goes_on_with_each_version_that_becomes_current(
    engine: Engine, database_url: str, temporal_server: str
) -> None:
    settings = settings_for(database_url, temporal_server, f"test-{uuid4().hex[:8]}")
    client = await connect(settings)
    world = World(engine, client, settings)

    async with version(world, settings, ""):
        await world.start(a_step("hello", listens=60))
        await world.until_sent()
    async with version(world, settings, "one"):
        await world.pause("everything")
        await world.until_details("Paused")
    async with version(world, settings, "two"):
        await world.pause("everything", False)
        await world.reply("Yes, please call me")
        assert await world.outcome() is OutreachOutcome.REPLIED

    history = await world.handle.fetch_history()
    tasks = [one.workflow_task_completed_event_attributes for one in history.events]
    assert list(dict.fromkeys(one.deployment_version.build_id for one in tasks if one.started_event_id)) == [
        "",
        "one",
        "two",
    ]
    assert tasks[-1].versioning_behavior in (0, VersioningBehavior.VERSIONING_BEHAVIOR_AUTO_UPGRADE)
    assert (await Replays(world.ring).one(history)).outcome is Outcome.OK


@asynccontextmanager
async def version(world: World, settings: Settings, build_id: str) -> AsyncIterator[None]:
    """A worker of this version, which is made current; without a build id one that takes no part in versioning."""
    temporal = settings.temporal.model_copy(update={"deployment": settings.temporal.task_queue, "build_id": build_id})
    mine = settings.model_copy(update={"temporal": temporal})
    async with make_worker(world.client, mine, world.engine, world.outside):
        if build_id:
            for _ in ("at its start", "at a start again"):
                await make_current(world.client, temporal.deployment, build_id)
        yield
