"""The histories of one run: several, if it went on in a fresh one or was reset."""

from collections.abc import AsyncIterator

from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode


async def histories_of(client: Client, workflow_id: str) -> AsyncIterator[WorkflowHistory]:
    """Return the histories of a workflow id, oldest first."""
    for execution in await executions_of(client, workflow_id):
        yield await client.get_workflow_handle(workflow_id, run_id=execution).fetch_history()


async def executions_of(client: Client, workflow_id: str) -> list[str]:
    """Return the run ids under a workflow id, oldest first; visibility may lag, so the newest is asked for by name."""
    known = [
        (execution.start_time, execution.run_id)
        async for execution in client.list_workflows(f"WorkflowId = '{workflow_id}'")
    ]
    try:
        newest = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return []
    known.append((newest.start_time, newest.run_id))
    return list(dict.fromkeys(run for _, run in sorted(known)))
