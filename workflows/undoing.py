"""Taking back what a run has done: every registered undo, newest first, one recorded end each."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.running import RunActivities
    from activities.taking_back import TakingBackActivities
    from models.outreach import RunReference, UndoReport
    from workflows.options import CRM, ROWS


async def take_back(reference: RunReference) -> UndoReport:
    """Do every registered undo of a run and record how it ended."""
    report = await workflow.execute_activity_method(TakingBackActivities.take_back, reference, **CRM)
    await workflow.execute_local_activity_method(RunActivities.note_rollback, report, **ROWS)
    return report
