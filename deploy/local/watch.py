"""Keeping parts up: one that dies without being asked to is reported and started again, with growing pauses."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

from deploy.local.processes import Child
from deploy.local.progress import Progress
from deploy.local.runner import PartFailed, outcome

LOOK_SECONDS = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A part that was up this long starts again with the first pause."""


class Watch:
    """Looks after the children of one stack until `end`."""

    def __init__(
        self, children: Mapping[str, Child], start: Callable[[str], Awaitable[None]], progress: Progress
    ) -> None:
        self._children = children
        self._start = start
        self._progress = progress
        self._task: asyncio.Task[None] | None = None
        self._revivals: dict[str, asyncio.Task[None]] = {}
        self._pauses: defaultdict[str, float] = defaultdict(lambda: FIRST_PAUSE)

    def begin(self) -> None:
        """Start looking."""
        self._task = asyncio.create_task(self._look())

    async def end(self) -> None:
        """Stop looking and stop reviving. Repeatable."""
        tasks = [task for task in (self._task, *self._revivals.values()) if task is not None]
        self._task = None
        self._revivals.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            for name, child in list(self._children.items()):
                if child.exit_code is not None and name not in self._revivals:
                    self._revivals[name] = asyncio.create_task(self._revive(name, child))
            await asyncio.sleep(LOOK_SECONDS)

    async def _revive(self, name: str, dead: Child) -> None:
        if time.monotonic() - dead.started > STEADY_SECONDS:
            self._pauses.pop(name, None)
        self._progress.notice(f"{name} ended unexpectedly with {outcome(dead)}; its log is {dead.log}")
        try:
            while True:
                pause = self._pauses[name]
                self._pauses[name] = min(pause * 2, LONGEST_PAUSE)
                await asyncio.sleep(pause)
                # Someone may have stopped or started it by name meanwhile; then it is no longer ours to revive.
                if self._children.get(name) is not dead:
                    return
                with contextlib.suppress(PartFailed):
                    await self._start(name)
                    return
                self._progress.notice(f"{name} does not come up; trying again in {self._pauses[name]:.1f} s")
                dead = self._children.get(name, dead)
        finally:
            self._revivals.pop(name, None)
