"""Committing web hooks: what comes in at once goes into one transaction, and whatever fails is tried once more."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextvars import Context

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from sqlalchemy.exc import OperationalError

from models.database.inbound.arrivals import Arrival
from starter.problems import unavailable

MOST = 500
"""Callbacks in one transaction."""
log = logging.getLogger(__name__)


def twice(work: Callable[[], object]) -> None:
    """Do it; once more if the database was restarted or chose it as the victim of a deadlock.

    For what is stored once: a repetition can change nothing more.
    """
    try:
        work()
    except OperationalError:
        work()


class GroupCommit:
    """Commits callbacks together: those that come in during one commit are the next one's.

    Nothing waits on purpose, so one that comes alone is committed at once; and a thousand at once take a few
    transactions, one after the other, and leave all other threads and connections to the texts of people.

    Args:
        store: writes callbacks in one transaction; may be repeated.
        threads: those that are kept for web hooks.
    """

    def __init__(self, store: Callable[[Sequence[Arrival]], object], threads: CapacityLimiter) -> None:
        self._store = store
        self._threads = threads
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def keep(self, arrival: Arrival) -> None:
        """Return once it is committed.

        Raises:
            Problem: it is not, and neither is anything of its transaction (503).
        """
        committed = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, committed))
        if self._committing is None or self._committing.done():
            # In no request's context: the task serves them all, so it belongs to no one's trace.
            self._committing = asyncio.create_task(self._commit_all(), context=Context())
        await committed

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            stored = await self._commit([arrival for arrival, _ in group])
            for _, committed in group:
                if committed.done():  # whoever sent it has gone
                    continue
                if stored:
                    committed.set_result(None)
                else:
                    committed.set_exception(unavailable())

    async def _commit(self, arrivals: Sequence[Arrival]) -> bool:
        try:
            await run_sync(twice, lambda: self._store(arrivals), limiter=self._threads)
        except Exception as error:
            log.error("callbacks were not stored", extra={"error": type(error).__name__, "count": len(arrivals)})
            return False
        return True
