"""Having the first text of a draft written; used by every process whose words a client reads."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.drafting import DraftingActivities
    from models.drafting import DraftOrder
    from workflows.options import DRAFTING


async def written(order: DraftOrder) -> None:
    """Wait until the draft has a text. It ends: after some tries the plain text is taken."""
    await workflow.execute_activity_method(DraftingActivities.draft, order, **DRAFTING)
