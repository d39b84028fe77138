"""Waiting for weeks: a run whose history has grown long goes on in a fresh one, under the same id and in the same place.

A history ends at 51,200 events or 10,000 signals. Rows know nearly everything, so little is taken along: the fresh history
begins with a look at them and walks through the step under way again. The ledger answers for what was sent, and a wait
that has begun keeps its deadline.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.frozen import Frozen
    from models.outreach import RunReference, Situation

from workflows.watching import WatchedRun

SETTLING = timedelta(seconds=0.1)
"""Between the last thing done in a history and its end, so that what was done is recorded before a fresh one begins."""
LOOK_WHETHER_FROZEN = timedelta(hours=1)
"""While a pause freezes a run, its waits have no end; it is told of the resume, and looks by itself after this time."""
SINCE_0_2 = "continue-as-new"
"""Runs that had outgrown their history under 0.1.0 stay in it. Can go when no such run is left."""


class LongRun(WatchedRun, ABC):
    """A run that waits on its rows for as long as it takes, nudged as often as may be."""

    def __init__(self, reference: RunReference, deadlines: Mapping[str, datetime]) -> None:
        super().__init__(reference)
        self._deadlines = dict(deadlines)

    @abstractmethod
    def _onward(self) -> Frozen:
        """Return the input with which the run goes on in a fresh history."""

    def _deadline(self, waits_for: str, patience: timedelta) -> datetime:
        """Return when a wait ends, as far as is known now. It is fixed when the wait is first spoken of.

        It is kept by the run's own clock, which stands still while a pause freezes it.
        """
        stood_still = self._situation.stood_still
        return self._deadlines.setdefault(waits_for, workflow.now() - stood_still + patience) + stood_still

    async def _until(self, met: Callable[[Situation], bool], patience: timedelta, waits_for: str) -> bool:
        """Wait until the rows show what is awaited, at most for `patience`. Returns whether they do."""
        self._deadline(waits_for, patience)
        while not met(self._situation) and (left := self._left(waits_for)) > timedelta(0):
            await self._news_within(left, waits_for)
        if met(self._situation):
            del self._deadlines[waits_for]  # the rows will say so again; that one has waited in vain, no row says
        return met(self._situation)

    def _left(self, waits_for: str) -> timedelta:
        if self._situation.stands_still:
            return LOOK_WHETHER_FROZEN
        return self._deadlines[waits_for] + self._situation.stood_still - workflow.now()

    async def _news_within(self, patience: timedelta, waits_for: str) -> None:
        """Wait for a nudge, at most for `patience`, then look."""
        if workflow.info().is_continue_as_new_suggested() and workflow.patched(SINCE_0_2):
            await workflow.sleep(SETTLING)
            if not self._typed:
                workflow.continue_as_new(self._onward())
        else:
            with contextlib.suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._has_news, timeout=patience, timeout_summary=waits_for)
        await self._look()
