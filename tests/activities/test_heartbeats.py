"""An activity with a heartbeat timeout shows signs of life for as long as it runs, whatever it waits for."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, UnsandboxedWorkflowRunner, Worker

from activities.heartbeats import Heartbeats

WORK = ExecuteActivityInput(fn=lambda: None, args=[], executor=None, headers={})


class Waits(ActivityInboundInterceptor):
    """Stands for the activity: it is through when it may be."""

    def __init__(self, may_end: asyncio.Event) -> None:
        self._may_end = may_end

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        await self._may_end.wait()
        return "read"


@pytest.mark.parametrize(("timeout", "beats"), [(timedelta(milliseconds=30), 3), (None, 0)])
async def test_signs_are_given_until_it_ends_and_only_where_they_are_waited_for(
    timeout: timedelta | None, beats: int
) -> None:
    environment, may_end, given = ActivityEnvironment(), asyncio.Event(), list[int]()
    loop = asyncio.get_running_loop()

    def count(*_: object) -> None:
        given.append(len(given))
        if len(given) == beats:
            loop.call_soon_threadsafe(may_end.set)

    async def run() -> object:
        if not beats:
            may_end.set()
        return await Heartbeats().intercept_activity(Waits(may_end)).execute_activity(WORK)

    environment.info = replace(environment.info, heartbeat_timeout=timeout)
    environment.on_heartbeat = count

    assert await environment.run(run) == "read"
    assert len(given) == beats


HAS_BEGUN, MAY_END = threading.Event(), threading.Event()


@activity.defn(no_thread_cancel_exception=True)
def read_for_long() -> bool:
    """Say whether the worker could still let it end while it was giving signs of life."""
    HAS_BEGUN.set()
    return MAY_END.wait(8)


@workflow.defn
class Reading:
    @workflow.run
    async def run(self) -> bool:
        minute = timedelta(minutes=1)
        return await workflow.execute_activity(read_for_long, start_to_close_timeout=minute, heartbeat_timeout=minute)


async def test_a_worker_goes_on_working_while_one_of_its_threads_shows_signs_of_life(temporal_server: str) -> None:
    client, queue = await Client.connect(temporal_server), f"heartbeats-{uuid4().hex[:8]}"
    with ThreadPoolExecutor(2) as threads:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[Reading],
            activities=[read_for_long],
            activity_executor=threads,
            interceptors=[Heartbeats()],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        async with worker:
            reading = await client.start_workflow(Reading.run, id=queue, task_queue=queue)
            while not HAS_BEGUN.is_set():
                await asyncio.sleep(0.02)
            MAY_END.set()
            assert await reading.result() is True
