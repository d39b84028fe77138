"""What SES tells the relay through its queue."""

import json
from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from models.database.engine import make_engine
from models.database.inbound.consuming import WaitingReports
from models.provider_settings import SesSettings
from models.settings import DatabaseSettings
from starter.relay.ses_events import SesEvents
from starter.relay.sns_envelope import ForgedEnvelope, SnsEnvelopes
from tests.database.mails import a_notification
from tests.database.world import KEY, World


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


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
