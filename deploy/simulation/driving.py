"""Letting time pass: from one moment at which something is due to the next, on both clocks at once.

The Temporal server's time stands still, but for the real milliseconds of work, until it is told how far to skip; the clock of
the database is set to the same moment just before. Between two stops nothing can be due: the stops are the timers of the run,
what the outbox holds, what lapses or lifts itself, and what was chosen to happen.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from deploy.simulation import clock, history
from deploy.simulation.history import Seen, Wait
from models.database.engine import transaction
from models.simulating.order import ChosenEvent
from starter.relay.announcing import Announcer

AT_ONCE = timedelta(milliseconds=50)
"""A timer that ends so soon is waited for, not skipped to."""
_DUE_ROWS = text(
    """
    SELECT least((SELECT min(next_try_at) FROM outbox), (SELECT min(ends_at) FROM pause WHERE lifted_at IS NULL),
                 (SELECT min(lapses_at) FROM consent WHERE status = 'held' AND lapses_at > :now))
    """
)
Let = Callable[[ChosenEvent], None]


class Drive:
    """One run on the server that skips time.

    Args:
        time: the server.
        client: as the worker has it, so that summaries can be read.
        engine: of the throw-away database.
        announcer: tells the run of news.
        duties: what the worker does beside its workflows that may become due; each is safe to repeat.
    """

    def __init__(
        self,
        time: WorkflowEnvironment,
        client: Client,
        engine: Engine,
        announcer: Announcer,
        duties: Sequence[Callable[[], object]],
    ) -> None:
        self._time = time
        self._client = client
        self._engine = engine
        self._announcer = announcer
        self._duties = duties
        self.waits: dict[tuple[str, datetime], Wait] = {}
        """Every wait that was seen, by what it was for and when it began."""

    async def start_at(self, moment: datetime) -> None:
        """Skip to the start, before there is anything to do."""
        await self._skip_to(moment)

    async def run(
        self, handle: WorkflowHandle[Any, Any], events: Sequence[ChosenEvent], let: Let, start: datetime, end: datetime
    ) -> list[ChosenEvent]:
        """Drive the run to its end, or to the end of the simulation. Returns the events that come later."""
        await self._relay()
        ahead = sorted(events, key=lambda event: event.moment(start))
        while True:
            seen = await self._settled(handle)
            now = await self._now()
            while ahead and ahead[0].moment(start) <= now:
                await asyncio.to_thread(let, ahead.pop(0))
                await self._relay()
                seen = await self._settled(handle)
            chosen = [event.moment(start) for event in ahead[:1]]
            due = min([*chosen, *self._due(seen, now)], default=end)
            if seen.has_ended or due >= end:
                return ahead
            await self._skip_to(due)
            for duty in self._duties:
                await asyncio.to_thread(duty)
            await self._relay()

    def _due(self, seen: Seen, now: datetime) -> list[datetime]:
        with transaction(self._engine) as session:
            of_rows: datetime | None = session.execute(_DUE_ROWS, {"now": now}).scalar_one()
        rows = [of_rows.astimezone(UTC)] if of_rows is not None else []
        return rows + [wait.until for wait in seen.waits if wait.is_running]

    async def _settled(self, handle: WorkflowHandle[Any, Any]) -> Seen:
        """Wait until nothing is under way and no timer is about to end."""
        while True:
            seen = await history.look(self._client, handle)
            self.waits |= {(wait.waits_for, wait.began): wait for wait in seen.waits}
            about_to = await self._now() + AT_ONCE
            at_work = seen.is_busy or any(wait.is_running and wait.until <= about_to for wait in seen.waits)
            if not at_work and not await self._relay():
                return seen
            if seen.has_ended:
                return seen
            await asyncio.sleep(0.005)

    async def _skip_to(self, moment: datetime) -> None:
        left = moment - await self._now()
        await asyncio.to_thread(clock.set_to, self._engine, moment)
        if left > timedelta(0):
            await self._time.sleep(left)

    async def _relay(self) -> int:
        told = 0
        while taken := await self._announcer.deliver_due():
            told += taken
        return told

    async def _now(self) -> datetime:
        return (await self._time.get_current_time()).astimezone(UTC)
