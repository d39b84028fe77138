import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.database.outbox import Outbox
from models.settings import SesSettings
from starter.relay.__main__ import until
from starter.relay.announcing import Announcer
from starter.relay.ses_events import SesEvents
from starter.relay.sns_envelope import ForgedEnvelope, SnsEnvelopes
from tests.database.world import World


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
    consumer = SesEvents(queue, world.engine, world.ring, Believing())

    taken = 0
    while taken < 2:
        taken += consumer.receive()

    assert consumer.receive() == 0
    assert [row["state"] for row in world.rows("SELECT state FROM inbox")] == ["poison"]
    [left] = sqs.receive_message(QueueUrl=queue.events_queue_url)["Messages"]
    assert left["Body"] == "stumble"
