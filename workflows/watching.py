"""Waiting on rows: a run sleeps until it is nudged or time is up, then reads how it stands and decides on that alone."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.running import RunActivities
    from models import search
    from models.outreach import RunReference, SignalClaim, Situation
    from models.terms import Channel, RunState
    from workflows.options import (
        ROWS,  # constants and decorated handlers: building them anew for each run costs a tenth
    )
    from workflows.typed_signals import TypedSignals


class WatchedRun(TypedSignals):
    """A run that watches its rows. `_situation` is what it saw last."""

    def __init__(self, reference: RunReference) -> None:
        self._run_id = reference.run_id
        self._reference = reference
        self._typed: list[SignalClaim] = []
        self._has_news = False
        self._situation = Situation()
        self._shown: tuple[RunState, str] | None = None

    async def _look(self) -> Situation:
        """Settle what was typed meanwhile, then read how the run stands."""
        self._has_news = False
        if not self._typed:
            self._situation = await workflow.execute_local_activity_method(RunActivities.look, self._reference, **ROWS)
        while self._typed:
            claim = self._typed.pop(0)
            self._situation = await workflow.execute_local_activity_method(
                RunActivities.settle_signal, claim, summary=f"typed: {claim.signal[:40]}", **ROWS
            )
        return self._situation

    async def _until(self, met: Callable[[Situation], bool], patience: timedelta, waits_for: str) -> bool:
        """Wait until the rows show what is awaited, at most for `patience`. Returns whether they do."""
        deadline = workflow.now() + patience
        while (left := deadline - workflow.now()) > timedelta(0):
            await self._news_within(left, waits_for)
            if met(self._situation):
                return True
        return met(self._situation)

    async def _news_within(self, patience: timedelta, waits_for: str) -> None:
        """Wait for a nudge, at most for `patience`, then look."""
        with contextlib.suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._has_news, timeout=patience, timeout_summary=waits_for)
        await self._look()

    def _says(self, state: RunState, sentence: str, blocked_by: str = "", channel: Channel | None = None) -> None:
        """Say in plain words what the run is doing; for the Temporal UI."""
        since = f"{workflow.now():%d %b %Y %H:%M:%S} UTC"
        workflow.set_current_details(f"**{sentence}**\n\nSince {since}.\n\n{HOW_TO}")
        if self._shown != (state, blocked_by):
            updates = [search.STATE.value_set(state)]
            if channel is not None:
                updates.append(search.CHANNEL.value_set(channel))
            if blocked_by or (self._shown and self._shown[1]):
                updates.append(
                    search.BLOCKED_BY.value_set(blocked_by) if blocked_by else search.BLOCKED_BY.value_unset()
                )
            workflow.upsert_search_attributes(updates)
            self._shown = (state, blocked_by)


HOW_TO = (
    "Signals you may send: `pause`, `resume`, `stop`, `roll_back` (no input); "
    "`approve`, `reject` (input: your single-use code, in quotes)."
)
