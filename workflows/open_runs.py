"""Which runs the workflow server carries now, by its own list."""

from uuid import UUID

from temporalio.client import Client
from temporalio.service import RPCError

from models.identity import run_id_of
from workflows.outreach_sequence import OutreachSequence


async def open_runs(client: Client) -> list[UUID] | None:
    """Return the runs whose workflows run, or None if the server does not answer. The list may be seconds old."""
    query = f"WorkflowType = '{OutreachSequence.__name__}' AND ExecutionStatus = 'Running'"
    try:
        return [run_id_of(found.id) async for found in client.list_workflows(query)]
    except RPCError:
        return None
