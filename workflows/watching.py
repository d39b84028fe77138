"""Reading rows and saying so: a run looks at how it stands, decides on that alone, and shows what it does."""

from typing import NamedTuple

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
        self._has_begun = False
        self._has_news = False
        self._situation = Situation()
        self._saying: _Saying | None = None
        self._shown: tuple[RunState, str] | None = None

    async def _look(self) -> Situation:
        """Settle what was typed meanwhile, then read how the run stands."""
        self._has_news = False
        if not self._typed:
            self._situation = await workflow.execute_local_activity_method(RunActivities.look, self._reference, **ROWS)
        while self._typed:
            claim = self._typed.pop(0)
            self._situation = await workflow.execute_local_activity_method(
                RunActivities.settle_signal, claim, summary=f"typed: {claim.signal}", **ROWS
            )
        await self._look_at_record()
        if self._saying is not None:
            self._show(self._saying)
        return self._situation

    async def _look_at_record(self) -> None:
        """Read what the run is about, where that has rows of its own: an incident, a report. Nothing by default."""

    def _says(self, state: RunState, sentence: str, blocked_by: str = "", channel: Channel | None = None) -> None:
        """Say in plain words what the run is doing; for the Temporal UI."""
        self._saying = _Saying(state, sentence, f"{workflow.now():%d %b %Y %H:%M:%S} UTC", blocked_by, channel)
        self._show(self._saying)

    def _show(self, saying: "_Saying") -> None:
        paused_by = self._situation.paused_by
        paused = f"**Paused ({paused_by}): nothing is sent until the resume.**\n\n" if paused_by else ""
        workflow.set_current_details(f"{paused}**{saying.sentence}**\n\nSince {saying.since}.\n\n{HOW_TO}")
        blocked_by = saying.blocked_by or ("paused" if paused_by else "")
        if self._shown == (saying.state, blocked_by):
            return
        updates = [search.STATE.value_set(saying.state)]
        if saying.channel is not None:
            updates.append(search.CHANNEL.value_set(saying.channel))
        if blocked_by:
            updates.append(search.BLOCKED_BY.value_set(blocked_by))
        elif workflow.info().typed_search_attributes.get(search.BLOCKED_BY):  # perhaps since an earlier history
            updates.append(search.BLOCKED_BY.value_unset())
        workflow.upsert_search_attributes(updates)
        self._shown = (saying.state, blocked_by)


class _Saying(NamedTuple):
    """What the run says it is doing, and since when."""

    state: RunState
    sentence: str
    since: str
    blocked_by: str
    channel: Channel | None


HOW_TO = (
    "Signals you may send: `pause`, `resume`, `stop`, `roll_back` (no input); "
    "`approve`, `reject` (input: your single-use code, in quotes)."
)
