"""Workflows that go on after the ledger was restored from before they were asked for."""

import asyncio
from uuid import uuid4

from sqlalchemy import text

from models.outreach import OutreachOrder
from models.terms import OutreachOutcome
from tests.workflows.world import World, a_step
from workflows.open_runs import open_runs
from workflows.outreach_sequence import OutreachSequence


async def test_a_workflow_whose_run_has_no_rows_ends_with_a_task(world: World) -> None:
    lost = uuid4()

    outcome = await world.client.execute_workflow(
        OutreachSequence.run,
        OutreachOrder(run_id=lost),
        id=f"outreach/{lost}",
        task_queue=world.settings.temporal.task_queue,
    )

    assert outcome is OutreachOutcome.GIVEN_TO_PERSON
    with world.engine.connect() as connection:
        found = connection.execute(text("SELECT kind, owner, subject FROM owner_task")).one()
    assert tuple(found) == ("run_without_rows", "engineer", str(lost))


async def test_the_workflow_server_names_the_runs_it_carries(world: World) -> None:
    await world.start(a_step("hello", listens=3_600))

    async with asyncio.timeout(20):
        while world.run_id not in (await open_runs(world.client) or []):
            await asyncio.sleep(0.05)
