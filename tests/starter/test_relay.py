import asyncio

import psycopg
import pytest
from sqlalchemy import Engine

from models.database import outbox
from models.database.inbound import arrivals
from models.database.inbound.consuming import WaitingReports
from models.terms import OutreachOutcome
from starter.relay.__main__ import until
from starter.relay.consuming import Consumer, consume_for_ever, sweep_waiting_for_ever
from starter.relay.listening import listen
from tests.database.world import World


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


async def test_a_duty_that_fails_ends_the_others_and_is_told() -> None:
    ended = asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        raise ValueError

    with pytest.raises(ExceptionGroup) as failed:
        await until(asyncio.Event(), for_ever(), fails())

    assert [type(error) for error in failed.value.exceptions] == [ValueError]
    assert ended.is_set()


async def test_a_signal_ends_every_duty_quietly() -> None:
    async def for_ever() -> None:
        await asyncio.Event().wait()

    stopped = asyncio.Event()
    stopped.set()
    await until(stopped, for_ever(), for_ever())


async def test_what_is_stored_wakes_the_consumer_and_the_nudge_the_announcer(world: World, database_url: str) -> None:
    awake = {channel: asyncio.Event() for channel in (outbox.CHANNEL, arrivals.CHANNEL)}
    listening = asyncio.create_task(listen(database_url.replace("+psycopg", "", 1), awake, poll=60))
    consuming = asyncio.create_task(
        consume_for_ever(Consumer(WaitingReports(world.engine, world.ring)), awake[arrivals.CHANNEL])
    )
    async with asyncio.timeout(20):
        while not world.rows(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN %inbox%' AND datname = current_database()"
        ):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        awake[outbox.CHANNEL].clear()
        arrivals.store(world.engine, world.ring, [arrivals.Arrival("twilio", "key", "status", b"")])
        while world.rows("SELECT 1 FROM inbox WHERE state = 'waiting'"):
            await asyncio.sleep(0.02)
        assert not awake[outbox.CHANNEL].is_set()
        world.request()
        await awake[outbox.CHANNEL].wait()
    for task in (listening, consuming):
        task.cancel()
    await asyncio.gather(listening, consuming, return_exceptions=True)


async def test_notifications_of_one_channel_do_not_silence_the_polls_of_another(database_url: str) -> None:
    libpq = database_url.replace("+psycopg", "", 1)
    awake = {"busy": asyncio.Event(), "quiet": asyncio.Event()}
    listening = asyncio.create_task(listen(libpq, awake, poll=0.4))

    async def chatter() -> None:
        async with await psycopg.AsyncConnection.connect(libpq, autocommit=True) as connection:
            while True:
                await connection.execute("NOTIFY busy")
                await asyncio.sleep(0.05)

    talking = asyncio.create_task(chatter())
    async with asyncio.timeout(20):
        for _ in range(5):  # the first two come with the connection
            await awake["quiet"].wait()
            awake["quiet"].clear()
    for task in (listening, talking):
        task.cancel()
    await asyncio.gather(listening, talking, return_exceptions=True)


async def test_a_text_that_its_run_has_not_read_is_swept(world: World) -> None:
    run = world.run()
    world.text("How much is it?")
    world.control.close(run, OutreachOutcome.NO_RESPONSE)
    sweeping = asyncio.create_task(
        sweep_waiting_for_ever(world.engine, WaitingReports(world.engine, world.ring), every=0.05)
    )
    async with asyncio.timeout(20):
        while world.rows("SELECT 1 FROM inbox WHERE state = 'waiting'"):
            await asyncio.sleep(0.02)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
