import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.database import outbox
from models.database.engine import make_engine
from models.database.inbound import arrivals
from models.database.inbound.consuming import WaitingReports
from models.database.outbox import Outbox
from models.settings import DatabaseSettings, SesSettings
from models.terms import OutreachOutcome
from starter.relay.__main__ import until
from starter.relay.announcing import Announcer
from starter.relay.consuming import Consumer, consume_for_ever, sweep_waiting_for_ever
from starter.relay.listening import listen
from starter.relay.ses_events import SesEvents
from starter.relay.sns_envelope import ForgedEnvelope, SnsEnvelopes
from tests.database.mails import a_notification
from tests.database.world import KEY, World


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


class Server(Client):
    """A workflow server that answers every start as it is told; what it gets is only the call."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers = list(answers)

    async def start_workflow(self, *_: Any, **__: Any) -> Any:
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer


def says(status: RPCStatusCode) -> RPCError:
    return RPCError("no", status, b"")


async def test_a_start_that_is_refused_for_good_is_a_task_until_it_is_accepted(world: World) -> None:
    run = world.request()
    announcer = Announcer(Outbox(world.engine), Server(says(RPCStatusCode.INVALID_ARGUMENT), None), "comms")

    await announcer.deliver_due()
    [task] = world.tasks("start_refused")
    assert task["run_id"] == run
    later = world.one("SELECT extract(epoch FROM next_try_at - clock_timestamp()) AS seconds, last_error FROM outbox")
    assert (round(float(later["seconds"])), later["last_error"]) == (600, "INVALID_ARGUMENT")

    world.rows("UPDATE outbox SET next_try_at = clock_timestamp()")
    await announcer.deliver_due()
    assert world.tasks() == []
    assert world.announced(run) == 0


@pytest.mark.parametrize("error", [says(RPCStatusCode.UNAVAILABLE), RuntimeError(), ValueError()])
async def test_what_may_pass_is_tried_again_soon_and_is_no_task(world: World, error: Exception) -> None:
    first, second = world.request(), world.request(lead=world.lead("Max"))
    announcer = Announcer(Outbox(world.engine), Server(error, None), "comms")

    await announcer.deliver_due()

    assert sorted([world.announced(first), world.announced(second)]) == [0, 1]
    assert world.tasks() == []


async def test_while_the_server_is_away_one_row_at_a_time_finds_out_when_it_is_back(world: World) -> None:
    runs = [world.request(lead=world.lead(name)) for name in ("Ann", "Bea", "Cid", "Dot")]
    away = [says(RPCStatusCode.UNAVAILABLE)] * 2
    announcer = Announcer(Outbox(world.engine), Server(*away, None, None, None, None), "comms")
    world.rows(
        "UPDATE outbox SET next_try_at = clock_timestamp() + interval '1 hour' WHERE run_id <> :run", run=runs[0]
    )

    assert (await announcer.deliver_due(), announcer.is_away) == (1, True)
    world.rows("UPDATE outbox SET next_try_at = clock_timestamp()")
    assert (await announcer.deliver_due(), announcer.is_away) == (1, True)
    world.rows("UPDATE outbox SET next_try_at = clock_timestamp()")
    assert (await announcer.deliver_due(), announcer.is_away) == (1, False)
    assert await announcer.deliver_due() == 3
    assert [world.announced(run) for run in runs] == [0, 0, 0, 0]


async def test_a_workflow_that_exists_is_a_start_that_was_delivered(world: World) -> None:
    run = world.request()
    server = Server(WorkflowAlreadyStartedError(str(run), "OutreachSequence"))

    await Announcer(Outbox(world.engine), server, "comms").deliver_due()

    assert world.announced(run) == 0


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


class Believing(SnsEnvelopes):
    """Opens envelopes without asking who signed them, and stumbles over one."""

    def __init__(self) -> None:
        super().__init__((), None)

    def open(self, raw: str) -> tuple[str, str]:
        if raw == "forged":
            raise ForgedEnvelope("unsigned")
        if raw == "stumble":
            raise ZeroDivisionError
        return str(uuid4()), raw


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[SesSettings]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url=endpoint)
    url = sqs.create_queue(QueueName=f"events-{uuid4().hex}", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    yield SesSettings(events_queue_url=url, queue_endpoint_url=endpoint)
    server.stop()


def test_an_event_that_fails_stays_in_the_queue_and_the_others_do_not(world: World, queue: SesSettings) -> None:
    sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url=queue.queue_endpoint_url)
    for body in ("stumble", json.dumps({"not": "an event"}), "forged"):
        sqs.send_message(QueueUrl=queue.events_queue_url, MessageBody=body)
    consumer = SesEvents(queue, world.engine, world.ring, Believing(), KEY)

    taken = 0
    while taken < 2:
        taken += consumer.receive()

    assert consumer.receive() == 0
    waiting = WaitingReports(world.engine, world.ring)
    assert [waiting.settle(inbox_id) for inbox_id in waiting.due()] == [True]
    assert [row["state"] for row in world.rows("SELECT state FROM inbox")] == ["poison"]
    [left] = sqs.receive_message(QueueUrl=queue.events_queue_url)["Messages"]
    assert left["Body"] == "stumble"


def test_events_that_cannot_be_stored_stay_in_the_queue(world: World, queue: SesSettings) -> None:
    sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url=queue.queue_endpoint_url)
    sqs.send_message(QueueUrl=queue.events_queue_url, MessageBody="{}")
    nowhere = make_engine(DatabaseSettings(url=SecretStr("postgresql+psycopg://comms@127.0.0.1:1/comms")))

    with pytest.raises(OperationalError):
        SesEvents(queue, nowhere, world.ring, Believing(), KEY).receive()

    assert SesEvents(queue, world.engine, world.ring, Believing(), KEY).receive() == 1
    assert [row["state"] for row in world.rows("SELECT state FROM inbox")] == ["waiting"]


def test_a_mail_takes_effect_before_it_leaves_the_queue(world: World, queue: SesSettings) -> None:
    run = world.run()
    world.sent(run, "mail", provider_id="0100")
    sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url=queue.queue_endpoint_url)
    answer = a_notification(world, run, "Please unsubscribe me")
    sqs.send_message(QueueUrl=queue.events_queue_url, MessageBody=answer)

    assert SesEvents(queue, world.engine, world.ring, Believing(), KEY).receive() == 1

    assert [row["source"] for row in world.rows("SELECT source FROM consent WHERE status = 'revoked'")] == ["reply"]


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
