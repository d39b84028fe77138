"""Working days are counted inside workflows, whose sandbox forbids whatever else a library does at its first use."""

from datetime import datetime, timedelta
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from models.business_days import after_business_time


@workflow.defn
class FiveBusinessDays:
    """Counts them from a moment."""

    @workflow.run
    async def run(self, start: str) -> str:
        ends = after_business_time(datetime.fromisoformat(start), timedelta(hours=40), "America/Denver")
        return ends.isoformat()


async def test_a_year_that_nobody_has_asked_for_before_can_be_counted_inside_a_workflow(temporal_server: str) -> None:
    client, queue = await Client.connect(temporal_server), uuid4().hex
    before_christmas = "2031-12-19T09:00:00-07:00"
    async with Worker(client, task_queue=queue, workflows=[FiveBusinessDays]):
        found = await client.execute_workflow(
            FiveBusinessDays.run,
            before_christmas,
            id=queue,
            task_queue=queue,
            execution_timeout=timedelta(seconds=20),
        )

    assert found == "2031-12-26T17:00:00-07:00"  # Christmas is a Thursday
