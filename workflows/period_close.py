"""What a Temporal Schedule starts when a period is over: it asks for the digest, and that is all.

The digest has a row first, like every run, so a schedule that fires twice, late or by hand asks for the same one again.
"""

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from activities.opening_periods import PeriodActivities
    from models.digests.travelling import ClosedPeriod, PeriodToOpen
    from workflows.options import ROWS

SCHEDULED_FOR = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""When it was to start by its schedule; set by the server, and right also for what was caught up."""


@workflow.defn
class PeriodClose:
    """Asks for the digest of the period that was over when the schedule was due."""

    @workflow.run
    async def run(self, closed: ClosedPeriod) -> None:
        """Store the run; the relay starts it."""
        due = workflow.info().typed_search_attributes.get(SCHEDULED_FOR) or workflow.now()
        order = PeriodToOpen(report_id=closed.report_id, at=due)
        await workflow.execute_activity_method(PeriodActivities.open_period, order, **ROWS)
