"""The relay's part in what came in: stored reports take effect, and runs are told again of texts they have not read."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.database.inbound import unread
from models.database.inbound.consuming import LIMIT, WaitingReports

log = logging.getLogger("relay")
T = TypeVar("T")
AT_ONCE = 4


class Consumer:
    """Lets stored reports take effect, a few at once, on threads of its own."""

    def __init__(self, waiting: WaitingReports) -> None:
        self._waiting = waiting
        self._threads = ThreadPoolExecutor(AT_ONCE, "inbox")

    async def consume_due(self) -> bool:
        """Settle what is due, at most `LIMIT`. Returns whether more may wait that no other process has taken."""
        due = await self._on_a_thread(self._waiting.due)
        settled = await asyncio.gather(*(self._on_a_thread(self._waiting.settle, inbox_id) for inbox_id in due))
        return len(due) == LIMIT and any(settled)

    async def _on_a_thread(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


async def consume_for_ever(consumer: Consumer, awake: asyncio.Event) -> None:
    """Consume whenever there is something. An unreachable database is waited for; any other error is raised."""
    while True:
        await awake.wait()
        awake.clear()
        try:
            while await consumer.consume_due():
                pass
        except SQLAlchemyError as error:
            log.warning("consuming round failed", extra={"error": type(error).__name__})
            await asyncio.sleep(1)


async def sweep_waiting_for_ever(engine: Engine, waiting: WaitingReports, every: float) -> None:
    """Look every so many seconds for what waits too long. An unreachable database is waited for; any other error is raised."""
    while True:
        try:
            swept = await asyncio.to_thread(unread.sweep, engine)
            if any(swept):
                log.warning("texts were not read by their runs", extra=swept._asdict())
            if missed := await asyncio.to_thread(waiting.tell_of_missing_keys):
                log.error("reports wait for sealing keys that are not loaded", extra={"keys": ", ".join(missed)})
        except SQLAlchemyError as error:
            log.warning("sweeping what waits failed", extra={"error": type(error).__name__})
        await asyncio.sleep(every)
