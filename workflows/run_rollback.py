"""Rolling back a run that has already closed."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.outreach import RunReference, UndoReport

from workflows.undoing import take_back
from workflows.watching import WatchedRun


@workflow.defn
class RunRollback(WatchedRun):
    """Takes back what a closed run has done. A run that is still open does this itself."""

    @workflow.init
    def __init__(self, reference: RunReference) -> None:
        super().__init__(reference)

    @workflow.run
    async def run(self, reference: RunReference) -> UndoReport:
        """Do every undo that is still registered."""
        workflow.set_current_details("**Taking back what this run has done.**")
        report = await take_back(reference)
        while self._typed:  # there is nothing to steer, but what was typed leaves a trace
            await self._look()
        workflow.set_current_details("**Ended: every step has its outcome.**")
        return report
