"""Lost answers looked up in Twilio's own list: the real SDK against the stand-in, real rows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from activities.lookup_budget import LookupBudget
from activities.providers.twilio_sms import TwilioSms
from activities.reconciling import Reconciler, Swept
from models.errors import TryAgain
from models.sending import InDoubt, Sent
from tests.database.doubts import ask
from tests.database.outage import UNREACHABLE, twilio_settings
from tests.database.world import PHONE, World
from tests.standins.program import Program, running
from tests.standins.twilio_client import client, send


@pytest.fixture
async def twilio(tmp_path: Path) -> AsyncIterator[Program]:
    async with running("twilio", tmp_path, *UNREACHABLE) as program:
        yield program


def _sms(twilio: Program) -> TwilioSms:
    settings = twilio_settings(twilio.base_url).model_copy(update={"request_timeout": timedelta(seconds=0.5)})
    return TwilioSms(settings, "http://127.0.0.1:9/status")


async def _send(world: World, twilio: Program, run: UUID, fault: str | None = None) -> object:
    """Send as the activity does; the fault loses the answer."""
    if fault:
        await twilio.spoil(fault, operation="create_message", times=1)
    claim = world.claimed(run)
    answer = await asyncio.to_thread(_sms(twilio).send, claim.envelope)
    return world.ledger.record(claim, answer)


async def _sweep(world: World, twilio: Program, budget: LookupBudget | None = None) -> Swept:
    return await asyncio.to_thread(Reconciler(world.reconciliation, {"twilio": _sms(twilio)}, budget).sweep)


@pytest.mark.parametrize("fault", ["accept_then_hang", "accept_then_reset", "error_after", "half_answer", "garbage"])
async def test_what_twilio_accepted_is_found_in_its_list(world: World, twilio: Program, fault: str) -> None:
    run = world.run()
    assert isinstance(await _send(world, twilio, run, fault), InDoubt)
    world.make_due(run)

    assert await _sweep(world, twilio) == Swept(found=1)

    [accepted] = [line for line in await twilio.log("create_message") if line["accepted"]]
    assert world.message(run)["provider_message_id"] == accepted["provider_id"]
    assert isinstance(world.claim(run), Sent)


async def test_a_lost_text_is_sent_again_by_two_people_after_one_more_look(world: World, twilio: Program) -> None:
    run = world.run()
    await _send(world, twilio, run, "error_before")
    for _ in world.timers.checks:
        world.make_due(run)
        await _sweep(world, twilio)
    world.passes(run, world.timers.checks[-1])
    looks = len(await twilio.log("list_messages"))
    ask(world, run, "eve")
    ask(world, run, "ann")

    assert await _sweep(world, twilio) == Swept(settled=1)
    assert len(await twilio.log("list_messages")) == looks + 1
    assert isinstance(await _send(world, twilio, run), Sent)
    assert [line["accepted"] for line in await twilio.log("create_message")] == [False, True]


async def test_a_copy_that_shows_up_before_the_last_look_is_bound_and_none_leaves(
    world: World, twilio: Program
) -> None:
    run = world.run()
    await _send(world, twilio, run, "error_before")
    for _ in world.timers.checks:
        world.make_due(run)
        await _sweep(world, twilio)
    world.rows("UPDATE message SET lease_until = lease_until - interval '16 minutes' WHERE run_id = :run", run=run)
    ask(world, run, "eve")
    ask(world, run, "ann")
    world.rows("UPDATE message SET lease_until = lease_until + interval '16 minutes' WHERE run_id = :run", run=run)
    message = world.message(run)
    late = await send(client(twilio.base_url), message["address"], message["body"])  # as a request that was on its way

    assert await _sweep(world, twilio) == Swept(settled=1)

    assert world.claim(run) == Sent(message_id=message["id"])
    assert world.message(run)["provider_message_id"] == late.sid


async def test_twilios_wish_for_a_pause_is_respected(world: World, twilio: Program) -> None:
    run = world.run()
    await _send(world, twilio, run, "accept_then_reset")
    world.make_due(run)
    await twilio.spoil("rate_limit", operation="list_messages", params={"retry_after": 7}, times=1)
    clock = [0.0]
    budget = LookupBudget(600, lambda: clock[0])

    assert await _sweep(world, twilio, budget) == Swept()
    world.make_due(run)
    clock[0] = 6.9
    assert await _sweep(world, twilio, budget) == Swept(put_off=1)
    assert len(await twilio.log("list_messages")) == 1
    clock[0] = 7.0
    assert await _sweep(world, twilio, budget) == Swept(found=1)


async def test_a_list_is_read_on_until_the_moment_that_matters(twilio: Program) -> None:
    sdk = client(twilio.base_url)
    for number in range(205):
        await send(sdk, PHONE, f"Text {number}")

    listed = await asyncio.to_thread(_sms(twilio).sent_to, PHONE, datetime.now(UTC) - timedelta(minutes=5))

    assert len(list(listed)) == 205
    assert len(await twilio.log("list_messages")) == 2


async def test_a_refused_list_says_when_to_come_back_and_not_whom_it_is_about(twilio: Program) -> None:
    await twilio.spoil("rate_limit", operation="list_messages", params={"retry_after": 11})

    with pytest.raises(TryAgain) as refused:
        await asyncio.to_thread(_sms(twilio).sent_to, PHONE, datetime.now(UTC))

    assert refused.value.after == timedelta(seconds=11)
    assert str(refused.value) == "twilio list: 429"
