"""When Twilio's list of received texts is read, and what becomes of it if it cannot be."""

import asyncio

from pydantic import SecretStr

from activities.backfilling import TRIES, Backfiller
from activities.providers.twilio_account_list import TwilioAccountList
from models.database.inbound.backfills import Backfills
from models.receiving import OVERLAP
from models.sending import Claimed
from tests.database.outage import (
    backfiller,
    come_back,
    fall_silent,
    held_by_gap,
    listener,
    read_list,
    twilio_settings,
)
from tests.database.world import World
from tests.standins.program import Program


async def test_without_an_account_an_outage_ends_without_a_list(world: World) -> None:
    run = world.run()
    fall_silent(world)
    come_back(world)

    backfiller(world, None).sweep()

    assert isinstance(world.claim(run), Claimed)
    [closed] = world.events("inbound_gap_closed")
    assert closed["facts"]["listed"] is False


async def test_a_list_that_cannot_be_read_becomes_a_task_and_closes_it_by_itself(world: World, twilio: Program) -> None:
    run = world.run()
    fall_silent(world)
    come_back(world)
    settings = twilio_settings(twilio.base_url)
    wrong = settings.model_copy(update={"api_key_secret": SecretStr("wrong")})
    rows = Backfills(world.engine, world.ring, world.timers)
    reader = Backfiller(rows, TwilioAccountList(wrong))

    for _ in range(TRIES):
        assert world.tasks("received_list_unreadable") == []
        assert await asyncio.to_thread(reader.sweep) == 0

    [task] = world.tasks("received_list_unreadable")
    assert (task["owner"], task["evidence"]) == ("engineer", {"code": "twilio list: 401", "sending_is_held": True})
    assert "Sending to contacts is held because" in task["instruction"]
    assert held_by_gap(world, run)
    await read_list(world, twilio)
    assert world.tasks("received_list_unreadable") == []
    assert isinstance(world.claim(run), Claimed)


async def test_the_list_is_left_alone_for_as_long_as_twilio_asks(world: World, twilio: Program) -> None:
    world.run()
    fall_silent(world)
    come_back(world)
    moment = [0.0]
    rows = Backfills(world.engine, world.ring, world.timers)
    reader = Backfiller(rows, TwilioAccountList(twilio_settings(twilio.base_url)), lambda: moment[0])
    await twilio.spoil("rate_limit", operation="list_messages", params={"retry_after": 61}, times=1)

    for moment[0] in (0.0, 5.0, 60.9):
        await asyncio.to_thread(reader.sweep)
        assert len(await twilio.log("list_messages")) == 1
    assert len(world.tasks("received_list_unreadable")) == 1  # so long a time is told at once

    moment[0] = 61.0
    await asyncio.to_thread(reader.sweep)

    assert len(await twilio.log("list_messages")) == 2
    assert world.tasks("received_list_unreadable") == []
    assert world.rows("SELECT id FROM inbound_gap WHERE closed_at IS NULL") == []


async def test_the_list_is_read_at_start_then_now_and_then_and_at_once_after_an_outage(
    world: World, twilio: Program
) -> None:
    rows = Backfills(world.engine, world.ring, world.timers)
    assert rows.due() is not None
    await read_list(world, twilio)
    assert rows.due() is None
    assert rows.due(at_once=True) is not None

    world.rows("UPDATE backfill SET at = at - interval '6 minutes'")
    assert rows.due() is not None
    await read_list(world, twilio)

    fall_silent(world, minutes=60)
    come_back(world)
    reading = rows.due()
    assert reading is not None
    [gap] = world.rows("SELECT id, began_at FROM inbound_gap")
    assert (reading.gaps, gap["began_at"] - reading.since) == ((gap["id"],), OVERLAP)


async def test_the_first_sign_of_life_of_all_ends_no_outage(world: World) -> None:
    world.rows("DELETE FROM heartbeat")

    assert not listener(world).give_sign()

    assert world.rows("SELECT id FROM inbound_gap") == []


def test_a_sign_from_before_the_clock_was_set_back_does_not_hide_a_silence(world: World) -> None:
    world.rows("UPDATE heartbeat SET at = clock_timestamp() + interval '1 hour'")

    assert not listener(world).give_sign()

    assert world.one("SELECT at <= clock_timestamp() AS is_past FROM heartbeat")["is_past"]
