"""A worker that is killed while it reads sources is replaced once its heartbeats stop, on the real server."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from models.digests.freshness import Readiness
from models.digests.travelling import GateReading, ReadOrder
from tests.activities.reading_worker import SOON, Reads, reader
from workflows.options import SOURCES


@pytest.fixture
async def client(temporal_server: str) -> Client:
    return await Client.connect(temporal_server, data_converter=pydantic_data_converter)


@pytest.fixture
async def killed(client: Client) -> AsyncIterator[WorkflowHandle[Reads, GateReading]]:
    """A run whose worker was killed in the middle of reading."""
    queue = f"reading-{uuid4().hex[:8]}"
    address = client.service_client.config.target_host
    order = ReadOrder(run_id=uuid4(), at=datetime.now(UTC))
    handle = await client.start_workflow(Reads.run, order, id=f"reads/{queue}", task_queue=queue)
    program = (sys.executable, "-m", "tests.activities.reading_worker", address, queue)
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"reading\n"
    finally:
        process.kill()
        await process.wait()
    async with reader(client, queue, 0):
        yield handle


async def test_another_worker_reads_them_once_the_heartbeats_stop(
    killed: WorkflowHandle[Reads, GateReading],
) -> None:
    gate = await asyncio.wait_for(killed.result(), 60)

    assert gate.readiness is Readiness.BUILD
    history = await killed.fetch_history()
    [started] = [event.activity_task_started_event_attributes for event in history.events if event.event_type == 11]
    assert started.attempt == 2
    assert "heartbeat" in started.last_failure.message.lower()


async def test_a_source_that_takes_longer_than_that_is_waited_for_as_long_as_the_worker_lives(client: Client) -> None:
    queue = f"reading-{uuid4().hex[:8]}"
    order = ReadOrder(run_id=uuid4(), at=datetime.now(UTC))
    async with reader(client, queue, 2 * SOON.total_seconds()):
        handle = await client.start_workflow(Reads.run, order, id=f"reads/{queue}", task_queue=queue)
        await handle.result()

    history = await handle.fetch_history()
    [started] = [event.activity_task_started_event_attributes for event in history.events if event.event_type == 11]
    assert started.attempt == 1


def test_a_digest_gives_its_reader_seconds_and_not_minutes() -> None:
    assert SOURCES["heartbeat_timeout"] + SOURCES["retry_policy"].initial_interval < timedelta(seconds=30)
