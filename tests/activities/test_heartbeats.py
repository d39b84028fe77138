"""An activity with a heartbeat timeout shows signs of life for as long as it runs, whatever it waits for."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

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
    environment, may_end, given = ActivityEnvironment(), asyncio.Event(), list[float]()

    def count(*_: object) -> None:
        given.append(asyncio.get_running_loop().time())
        if len(given) == beats:
            may_end.set()

    async def run() -> object:
        if not beats:
            may_end.set()
        return await Heartbeats().intercept_activity(Waits(may_end)).execute_activity(WORK)

    environment.info = replace(environment.info, heartbeat_timeout=timeout)
    environment.on_heartbeat = count

    assert await environment.run(run) == "read"
    await asyncio.sleep(0.05)
    assert len(given) == beats
