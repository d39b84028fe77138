"""A run that is held for weeks, or nudged thousands of times, goes on in a fresh history and loses nothing.

The server of these tests asks for a fresh history after a few dozen events instead of thousands.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest

from models import search
from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.terms import ApprovalPolicy, Channel, DecisionKind, OutreachOutcome
from tests.workflows.chains import executions_of, waits_in
from tests.workflows.stories import a_lost_answer_and_a_callback, two_failed_deliveries
from tests.workflows.world import World, a_step

LONG = 60.0


@pytest.fixture
def world(forgetful_world: World) -> World:
    return forgetful_world


async def nudged_into_a_fresh_history(world: World) -> None:
    before = await _execution(world)
    for _ in range(400):
        await world.handle.signal("nudge")
        await asyncio.sleep(0.05)
        if await _execution(world) != before:
            return
    raise AssertionError("the run stayed in its history")


@contextlib.asynccontextmanager
async def many_nudges(world: World) -> AsyncIterator[None]:
    """Nudge without pause, so that something is always arriving while histories change."""

    async def nudge() -> None:
        while True:
            await world.handle.signal("nudge")
            await asyncio.sleep(0.03)

    nudging = asyncio.create_task(nudge())
    try:
        yield
    finally:
        nudging.cancel()


async def each_wait_is_what_was_left(world: World, waits_for: str, whole: timedelta) -> None:
    waits = await waits_in(world.client, world.handle.id, waits_for)
    assert whole >= waits[0]  # a nudge may have come before the first timer
    assert all(earlier > later for earlier, later in pairwise(waits)), waits


async def _execution(world: World) -> str | None:
    return (await world.handle.describe()).run_id


async def test_a_run_that_continues_waits_what_is_left_of_its_window_and_sends_nothing_again(world: World) -> None:
    await world.start(a_step("hello", listens=7), a_step("letter", Channel.EMAIL, listens=0.3))
    await world.until_sent()
    await nudged_into_a_fresh_history(world)
    await nudged_into_a_fresh_history(world)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)
    await each_wait_is_what_was_left(world, "reply to message 1", timedelta(seconds=7))
    after_the_window = (
        "SELECT max(accepted_at) >= min(accepted_at) + interval '7 seconds' FROM message WHERE run_id = :run"
    )
    assert world.scalar(after_the_window)
    assert world.scalar("SELECT count(*) FROM attempt") == 2


async def test_the_time_until_a_step_is_due_is_not_waited_again(world: World) -> None:
    await world.start(a_step("hello", listens=0.3), a_step("letter", Channel.EMAIL, delay=6, listens=0.3))
    await world.until_details("The next step, letter, is due")
    await nudged_into_a_fresh_history(world)
    await nudged_into_a_fresh_history(world)
    await world.until_details("The next step, letter, is due")

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    await each_wait_is_what_was_left(world, "step letter is due", timedelta(seconds=6))


async def test_what_is_typed_while_histories_change_is_settled_once_each(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    async with many_nudges(world):
        for number in range(40):
            await world.type_signal("aprove")
            await asyncio.sleep(number % 8 / 20)
    await world.until("SELECT count(*) >= 40 FROM event WHERE run_id = :run AND kind = 'signal_refused'", True)
    await world.stop()

    assert await world.outcome() is OutreachOutcome.STOPPED
    assert len(world.events("signal_refused")) == 40
    assert len(await executions_of(world.client, world.handle.id)) > 2


async def test_a_reply_that_comes_while_histories_change_is_handed_over_once(world: World) -> None:
    await world.start(a_step("hello", listens=LONG), a_step("again"))
    await world.until_sent()
    async with many_nudges(world):
        await nudged_into_a_fresh_history(world)
        await world.reply("Yes, please call me")

        assert await world.outcome() is OutreachOutcome.REPLIED
    assert len(world.sms.sent) == len(world.crm.records) == 1
    assert world.scalar("SELECT count(*) FROM owner_task WHERE run_id = :run AND kind = 'answer_reply'") == 1


async def test_a_hold_lasts_over_many_histories_and_ends_with_the_resume(world: World) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.type_signal("pause")
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'letter'", "paused")
    for _ in range(3):
        await nudged_into_a_fresh_history(world)
    await world.until_details("Step letter is held")
    assert (await world.handle.describe()).typed_search_attributes[search.BLOCKED_BY] == "paused"
    assert world.email.sent == []
    await world.type_signal("resume")

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.email.sent) == 1
    assert search.BLOCKED_BY not in [pair.key for pair in (await world.handle.describe()).typed_search_attributes]


@pytest.mark.parametrize("way", ["code", "api"])
async def test_an_approval_that_comes_while_histories_change_counts_once(world: World, way: str) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN, approver_wants_email=True)
    code = await world.code()
    async with many_nudges(world):
        await nudged_into_a_fresh_history(world)
        await (world.type_signal("approve", code) if way == "code" else world.decide(DecisionKind.APPROVE))

        assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.events("approval_decided")), world.events("approval_refused")) == (1, [])
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)  # the message, and one notice to the approver


async def test_a_channel_that_was_found_dead_stays_dead(world: World) -> None:
    letter, again = a_step("letter", Channel.EMAIL, listens=3), a_step("again", listens=0.3)
    await world.start(a_step("hello", listens=LONG), letter, again)
    for occurrence in (1, 2):
        await world.until_sent(occurrence)
        await world.reports(Delivery.UNDELIVERED, FailureClass.TRANSIENT, reason="30003")
    await world.until_sent(3)
    await nudged_into_a_fresh_history(world)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (2, 1)


async def test_a_repeat_stays_the_one_repeat(world: World) -> None:
    await two_failed_deliveries(world, nudged_into_a_fresh_history)

    assert await world.outcome() is OutreachOutcome.UNREACHABLE
    assert len(world.sms.sent) == 2


async def test_a_message_in_doubt_stays_in_doubt_until_evidence_comes(world: World) -> None:
    await a_lost_answer_and_a_callback(world, nudged_into_a_fresh_history)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 1


async def test_no_history_ends_while_a_call_is_under_way(world: World) -> None:
    world.sms.hangs(3)
    await world.start(a_step("hello", listens=3))
    await world.until("SELECT state FROM message WHERE run_id = :run", "dispatching")
    began = await _execution(world)
    async with many_nudges(world):
        while world.scalar("SELECT state FROM message WHERE run_id = :run") == "dispatching":
            assert await _execution(world) == began
            await asyncio.sleep(0.05)

        assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert await _execution(world) != began
    assert world.scalar("SELECT count(*) FROM attempt") == 1


async def test_what_ended_the_run_between_two_histories_ends_it(world: World) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.pause("everything")
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'letter'", "paused")
    async with many_nudges(world):
        await nudged_into_a_fresh_history(world)
        await world.stop()

        assert await world.outcome() is OutreachOutcome.STOPPED
    assert world.email.sent == []
