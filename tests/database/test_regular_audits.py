"""When an audit is made, by whom, and what becomes of what it finds."""

import asyncio
from datetime import timedelta

from models.database.engine import transaction
from models.database.recovery import inquiries
from models.database.recovery.audits import VIOLATION_TASK
from models.database.recovery.inquiries import AUDIT
from models.terms import ApprovalPolicy
from tests.database.auditing import audited, auditor, past_the_ledger, violated, wanted
from tests.database.restoring import compared
from tests.database.world import World
from tests.standins.program import Program


async def test_a_violation_is_one_task_that_closes_once_it_is_explained(world: World, twilio: Program) -> None:
    sid = await past_the_ledger(twilio)
    await audited(world, twilio)
    await audited(world, twilio, since=timedelta(hours=2))

    [task] = world.tasks(VIOLATION_TASK)
    assert task["owner"] == "engineer"
    assert task["evidence"]["violated"] == {"I3": {"bad": 1, "examples": [f"twilio/{sid}"]}}

    await compared(world, twilio)  # keeps it as a message of the provider that nobody can assign
    assert violated(await audited(world, twilio, since=timedelta(hours=2, minutes=1))) == {}
    assert world.tasks(VIOLATION_TASK) == []
    [closed] = [event for event in world.events("task_closed") if event["reason"] == VIOLATION_TASK]
    assert closed["source"] == "audit"


async def test_an_audit_that_does_not_reach_as_far_back_leaves_the_task(world: World, twilio: Program) -> None:
    run = world.run()
    world.sent(run)
    world.passes(run, timedelta(hours=2))
    assert violated(await audited(world, twilio, since=timedelta(hours=3))) != {}

    assert violated(await audited(world, twilio, since=timedelta(hours=1))) == {}

    assert len(world.tasks(VIOLATION_TASK)) == 1


async def test_an_audit_is_made_every_night_unless_one_was_asked_for(world: World, twilio: Program) -> None:
    standing = auditor(world, twilio)
    assert await asyncio.to_thread(standing.sweep) is None
    world.rows("UPDATE ledger_epoch SET at = at - interval '25 hours'")

    assert await asyncio.to_thread(standing.sweep) is not None
    assert await asyncio.to_thread(standing.sweep) is None
    asked = world.one("SELECT asked_by, asked_at - since AS reach FROM inquiry")
    assert asked["asked_by"] == "comms"
    assert timedelta(hours=25) <= asked["reach"] < timedelta(hours=25, minutes=1)

    world.rows(
        "UPDATE inquiry SET asked_at = asked_at - interval '3 days', finished_at = finished_at - interval '25 hours'"
    )
    assert await asyncio.to_thread(standing.sweep) is not None
    reach = world.one("SELECT asked_at - since AS reach FROM inquiry ORDER BY asked_at DESC LIMIT 1")["reach"]
    assert timedelta(days=3, hours=1) <= reach < timedelta(days=3, hours=1, minutes=1)


async def test_the_nightly_audit_reaches_back_to_what_is_still_on_the_list(world: World, twilio: Program) -> None:
    run = world.run()
    world.sent(run)
    world.passes(run, timedelta(days=2))
    await audited(world, twilio, since=timedelta(days=3))
    world.rows("UPDATE inquiry SET finished_at = finished_at - interval '25 hours'")

    report = await asyncio.to_thread(auditor(world, twilio).sweep)

    assert report is not None
    assert violated(report) != {}
    assert len(world.tasks(VIOLATION_TASK)) == 1


async def test_a_list_that_cannot_be_read_is_tried_again_later(world: World, twilio: Program) -> None:
    clock = [0.0]
    standing = auditor(world, twilio, clock=clock)
    wanted(world)
    await twilio.spoil("rate_limit", operation="list_messages", params={"retry_after": 7}, times=1)

    assert await asyncio.to_thread(standing.sweep) is None
    assert world.one("SELECT error FROM inquiry")["error"] == "twilio list: 429"
    clock[0] = 6.9
    assert await asyncio.to_thread(standing.sweep) is None
    clock[0] = 7.0
    assert await asyncio.to_thread(standing.sweep) is not None
    assert world.one("SELECT error FROM inquiry")["error"] == ""


async def test_without_an_account_the_rows_alone_are_audited(world: World) -> None:
    world.sent(world.run(ApprovalPolicy.TEMPLATE))

    report = await audited(world, None)

    assert not report.with_records
    assert world.one("SELECT report -> 'providers' AS providers FROM inquiry")["providers"] == []


async def test_one_process_audits_at_a_time_and_a_reconciliation_beside_it(world: World, twilio: Program) -> None:
    asked = wanted(world)
    moment = world.one("SELECT clock_timestamp() - interval '1 hour' AS at")["at"]
    with transaction(world.engine) as session:
        inquiries.ask(session, moment, "eve")

    with inquiries.taken(world.engine, AUDIT) as mine, inquiries.taken(world.engine) as other:
        assert mine is not None
        assert mine.id == asked
        assert other is not None
        assert other.id != asked
        assert await asyncio.to_thread(auditor(world, twilio).sweep) is None
