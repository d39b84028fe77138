"""Which runs the workflow server carries now, by its own list."""

from uuid import UUID

from temporalio.client import Client
from temporalio.service import RPCError

from models.identity import run_id_of
from workflows.registry import WORKFLOWS
from workflows.run_rollback import RunRollback

_OF_RUNS = ", ".join(f"'{found.__name__}'" for found in WORKFLOWS if found is not RunRollback)


async def open_runs(client: Client) -> list[UUID] | None:
    """Return the runs whose workflows run, or None if the server does not answer. The list may be seconds old."""
    query = f"WorkflowType IN ({_OF_RUNS}) AND ExecutionStatus = 'Running'"
    try:
        return [run_id_of(found.id) async for found in client.list_workflows(query)]
    except RPCError:
        return None
