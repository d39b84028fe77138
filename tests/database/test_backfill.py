"""A STOP that no web hook brought is found in Twilio's list, by the real SDK, before anything leaves."""

import asyncio

import pytest

from models.database.engine import transaction
from models.database.inbound.backfills import Backfills
from models.database.inbound.inbox_desk import open_inbound
from models.receiving import Received
from models.sending import Claimed, NotSent, NotSentReason
from tests.database.outage import backfiller, come_back, fall_silent, held_by_gap, read_list, somebody_texts
from tests.database.world import PHONE, World
from tests.standins.program import Program
from tests.standins.twilio_client import client, send


@pytest.mark.parametrize("words", ["STOP", "please stop texting me"])
async def test_an_opt_out_during_an_outage_is_found_before_anything_leaves(
    world: World, twilio: Program, words: str
) -> None:
    run = world.run()
    fall_silent(world)
    await somebody_texts(twilio, words)
    assert held_by_gap(world, run)
    come_back(world)
    assert held_by_gap(world, run)

    assert await read_list(world, twilio) == 1

    claim = world.claim(run)
    assert isinstance(claim, NotSent)
    assert claim.reason is NotSentReason.OPTED_OUT
    [gap] = world.rows("SELECT closed_at, found FROM inbound_gap")
    assert gap["closed_at"] is not None
    assert gap["found"] == 1
    [closed] = world.events("inbound_gap_closed")
    assert (closed["owner"], closed["facts"]["found"], closed["facts"]["listed"]) == ("engineer", 1, True)


async def test_what_was_found_before_the_outage_was_declared_belongs_to_it_too(world: World, twilio: Program) -> None:
    world.run()
    fall_silent(world)
    await somebody_texts(twilio, "STOP")
    assert await read_list(world, twilio) == 1  # the web hooks are still away
    come_back(world)

    assert await read_list(world, twilio) == 0

    assert world.one("SELECT found FROM inbound_gap WHERE closed_at IS NOT NULL")["found"] == 1
    [closed] = world.events("inbound_gap_closed")
    assert closed["facts"]["found"] == 1


async def test_what_is_held_goes_on_as_soon_as_the_outage_is_made_up_for(world: World, twilio: Program) -> None:
    run = world.run()
    fall_silent(world)
    assert held_by_gap(world, run)
    come_back(world)
    before = world.announced(run)

    await read_list(world, twilio)

    assert world.announced(run) == before + 1
    assert isinstance(world.claim(run), Claimed)


async def test_an_outage_that_lasts_is_not_made_up_for(world: World, twilio: Program) -> None:
    run = world.run()
    fall_silent(world)
    assert held_by_gap(world, run)
    before = world.announced(run)

    await read_list(world, twilio)

    assert held_by_gap(world, run)
    assert world.announced(run) == before


async def test_an_outage_that_has_just_ended_is_read_past_its_end(world: World, twilio: Program) -> None:
    run = world.run()
    fall_silent(world)
    come_back(world, seconds_ago=0)
    reader = backfiller(world, twilio.base_url)

    await asyncio.to_thread(reader.sweep)

    assert held_by_gap(world, run)
    world.rows("UPDATE inbound_gap SET ended_at = ended_at - interval '10 seconds'")
    await asyncio.to_thread(reader.sweep)
    assert isinstance(world.claim(run), Claimed)


async def test_a_second_outage_during_the_first_is_not_ended_with_it(world: World, twilio: Program) -> None:
    run = world.run()
    fall_silent(world)
    come_back(world)
    fall_silent(world, minutes=2)
    come_back(world, seconds_ago=0)

    await read_list(world, twilio)

    assert len(world.rows("SELECT id FROM inbound_gap WHERE closed_at IS NULL")) == 1
    assert held_by_gap(world, run)


async def test_what_the_web_hook_brought_is_not_taken_in_again(world: World, twilio: Program) -> None:
    run = world.run()
    world.sent(run)
    sid = await somebody_texts(twilio, "Yes, call me")
    assert world.text("Yes, call me", provider_id=sid)

    assert await read_list(world, twilio) == 0
    assert await read_list(world, twilio) == 0

    assert len(world.rows("SELECT id FROM reply")) == len(world.rows("SELECT id FROM inbox")) == 1


async def test_what_we_have_sent_is_not_taken_for_a_reply(world: World, twilio: Program) -> None:
    world.run()
    await send(client(twilio.base_url), PHONE, "STOP by tomorrow and save")

    assert await read_list(world, twilio) == 0


async def test_a_web_hook_that_comes_late_finds_its_text_taken_in(world: World, twilio: Program) -> None:
    world.run()
    sid = await somebody_texts(twilio, "STOP")
    assert await read_list(world, twilio) == 1

    assert not world.text("STOP", provider_id=sid)

    assert len(world.rows("SELECT id FROM consent WHERE status = 'revoked'")) == 1


async def test_several_workers_take_in_one_text_once(world: World, twilio: Program) -> None:
    world.run()
    await somebody_texts(twilio, "STOP")
    fall_silent(world)
    come_back(world)

    found = await asyncio.gather(*(read_list(world, twilio) for _ in range(3)))

    assert sum(found) == 1
    assert len(world.rows("SELECT id FROM reply")) == 1
    assert len(world.events("inbound_gap_closed")) == 1


async def test_a_text_from_the_list_can_be_opened_at_the_desk(world: World, twilio: Program) -> None:
    await somebody_texts(twilio, "Who is this & why?")

    await read_list(world, twilio)

    [task] = world.tasks("inbound_unmatched")
    with transaction(world.engine) as session:
        opened = open_inbound(session, world.ring, task["evidence"]["inbox"])
    assert opened.text is not None
    assert (opened.text.sender, opened.text.body) == (PHONE, "Who is this & why?")


async def test_notices_to_colleagues_are_not_held(world: World) -> None:
    run = world.run()
    world.rows("UPDATE message SET audience = 'staff' WHERE run_id = :run AND step = 'hello'", run=run)
    fall_silent(world)

    assert isinstance(world.claim(run), Claimed)


async def test_a_start_word_that_is_found_late_does_not_lift_a_newer_opt_out(world: World, twilio: Program) -> None:
    run = world.run()
    await somebody_texts(twilio, "START")
    world.text("STOP")

    assert await read_list(world, twilio) == 1

    claim = world.claim(run)
    assert isinstance(claim, NotSent)
    assert claim.reason is NotSentReason.OPTED_OUT
    [task] = world.tasks("outdated_start")
    assert task["run_id"] == run
    assert await read_list(world, twilio) == 0


def test_a_start_word_that_is_newer_than_the_opt_out_lifts_it(world: World) -> None:
    world.run()
    world.text("STOP")
    later = world.one("SELECT clock_timestamp() + interval '2 minutes' AS at")["at"]
    rows = Backfills(world.engine, world.ring, world.timers)

    assert rows.take_in(Received("SM1", PHONE, "START", b"raw", later))

    assert [row["source"] for row in world.rows("SELECT source FROM consent ORDER BY id DESC LIMIT 1")] == [
        "start_word"
    ]
