"""Signs of life of a running activity, so that one whose worker has died is begun again soon, not at the end of its time.

https://docs.temporal.io/encyclopedia/detecting-activity-failures#activity-heartbeat
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

PER_TIMEOUT = 3
"""Signs given within one heartbeat timeout, so that a single late one ends nothing."""


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        patience = activity.info().heartbeat_timeout
        if not patience:
            return await super().execute_activity(input)
        async with _beating(patience / PER_TIMEOUT):
            return await super().execute_activity(input)


class Heartbeats(Interceptor):
    """Beats for every activity that has a heartbeat timeout. It says that the worker lives, not how far it has come."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Return the activity with its heart."""
        return _Beating(next)


@contextlib.asynccontextmanager
async def _beating(every: timedelta) -> AsyncIterator[None]:
    async def beat() -> None:
        while True:
            # Of an activity in a thread it waits for this very loop, so it may not be called on it.
            await asyncio.to_thread(activity.heartbeat)
            await asyncio.sleep(every.total_seconds())

    heart = asyncio.create_task(beat())
    try:
        yield
    finally:
        heart.cancel()
