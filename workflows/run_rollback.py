"""Rolling back a run that has already closed."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.outreach import RunReference, UndoReport

from workflows.typed_signals import TypedSignals
from workflows.undoing import take_back


@workflow.defn
class RunRollback(TypedSignals):
    """Takes back what a closed run has done. A run that is still open does this itself."""

    @workflow.init
    def __init__(self, reference: RunReference) -> None:
        self._run_id = reference.run_id
        self._typed = []
        self._has_news = False

    @workflow.run
    async def run(self, reference: RunReference) -> UndoReport:
        """Do every undo that is still registered."""
        workflow.set_current_details("**Taking back what this run has done.**")
        return await take_back(reference)
