"""`comms replay --open` and `--since`: every run on the server against the code at hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from starter.comms.problems import Problem
from starter.comms.replaying import asking, many
from starter.comms.replaying.histories import Unreadable
from starter.comms.replaying.reach import Reach, SealingKeys
from starter.comms.replaying.verdicts import Outcome
from tests.histories.edited import Renamed
from tests.histories.reordered import ClosesBeforeHandingOver
from tests.workflows.world import World, a_step
from workflows.run_rollback import RunRollback

BEGAN = datetime.now(UTC) - timedelta(seconds=1)


def seen(done: int, total: int) -> None:
    assert done <= max(done, total)


def reach(world: World) -> Reach:
    keys = SealingKeys(sealing=world.settings.keys.sealing)
    return Reach(temporal=world.settings.temporal, keys=keys)


async def listed(world: World, query: str, runs: int) -> None:
    """Wait until the server's list, which may lag, holds so many runs."""
    while await many.count(world.client, query) < runs:
        await asyncio.sleep(0.1)


async def test_runs_under_way_are_the_gate_before_a_deploy(world: World) -> None:
    query = many.open_on(world.settings.temporal.task_queue)
    await world.start(a_step("hello", listens=60))
    await world.until_sent()
    await listed(world, query, 1)

    [verdict] = await asking.many(reach(world), query, seen)
    assert (verdict.outcome, verdict.workflow_id) == (Outcome.OK, f"outreach/{world.run_id}")
    assert await asking.many(reach(world), many.open_on("nobody-s"), seen) == []
    for written in (str(world.run_id), str(world.run_id)[:9]):
        found = await asking.one(reach(world), written, None, with_payloads=False)
        assert (found.verdict.outcome, found.verdict.workflow_id) == (Outcome.OK, verdict.workflow_id)
    assert found.tasks[-1].waits_for == ["timer “reply to message 1” of 1 min"]
    with pytest.raises(Problem, match="there is no file and no workflow"):
        await asking.one(reach(world), str(uuid4()), None, with_payloads=False)


async def test_runs_that_have_closed_show_an_edit_that_they_would_not_survive(world: World) -> None:
    query = many.closed_since(world.settings.temporal.task_queue, BEGAN)
    await world.start(a_step("hello", listens=60))
    await world.until_sent()
    await world.reply("Yes, please call me")
    await world.outcome()
    await listed(world, query, 1)

    [verdict] = await asking.many(reach(world), query, seen, [ClosesBeforeHandingOver])
    assert verdict.outcome is Outcome.DIVERGED
    assert verdict.spot.startswith("activity hand_to_crm, now local activity close, at workflows/ending.py:")
    assert many.report([verdict])["diverged"] == 1
    [renamed] = await asking.many(reach(world), query, seen, [Renamed])
    assert "give_to_crm" in renamed.spot


async def test_a_run_whose_workflow_the_code_no_longer_has_is_not_passed_over(world: World) -> None:
    query = many.open_on(world.settings.temporal.task_queue)
    await world.start(a_step("hello", listens=60))
    await listed(world, query, 1)

    [verdict] = await asking.many(reach(world), query, seen, [RunRollback])
    assert (verdict.outcome, verdict.unreadable) == (Outcome.UNREADABLE, Unreadable.UNKNOWN)
