"""Ending: whatever happens to a run, it closes with exactly one named outcome, and a person hears of what it could not do."""

import asyncio
from abc import ABC
from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.running import RunActivities
    from models.outreach import Closing
    from models.terms import GIVEN_TO_PERSON, STOPPED, RunState
    from workflows.options import ROWS

from workflows.watching import WatchedRun


class EndingRun(WatchedRun, ABC):
    """A run that ends in one outcome."""

    async def _to_its_end(self, course: Callable[[], Awaitable[str]]) -> str:
        """Go through the process and close with the outcome that it returns; with another if it cannot go on."""
        why = ""
        try:
            outcome = await course()
        except (FailureError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                await self._close(STOPPED)
                raise
            outcome, why = GIVEN_TO_PERSON, _reason(error)
        try:
            await self._close(outcome, why)
        except (FailureError, asyncio.CancelledError):  # a cancel that comes so late changes nothing any more
            await self._close(outcome, why)
        return outcome

    async def _close(self, outcome: str, why: str = "") -> None:
        self._says(RunState.CLOSED, f"Ended: {outcome.replace('_', ' ')}. {why}".rstrip())
        closing = Closing(run_id=self._run_id, outcome=outcome, why=why)
        await workflow.execute_local_activity_method(RunActivities.close, closing, **ROWS)
        while self._typed:  # typed too late to change anything, but never without a trace
            await self._look()


def _reason(error: BaseException) -> str:
    """Return what an activity says about why it cannot be done; its errors hold codes and ids only."""
    cause = error.cause if isinstance(error, ActivityError) else error
    return cause.message if isinstance(cause, ApplicationError) else type(cause).__name__
