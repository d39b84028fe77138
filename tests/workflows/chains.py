"""The histories of one run: several, if it went on in a fresh one or was reset."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
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


async def waits_in(client: Client, workflow_id: str, waits_for: str) -> list[timedelta]:
    """Return how long each timer was to run that was started for one purpose, over all histories, oldest first."""
    waits = []
    async for history in histories_of(client, workflow_id):
        for event in history.events:
            if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED and event.user_metadata.HasField("summary"):
                summaries = await client.data_converter.decode([event.user_metadata.summary])
                if summaries == [waits_for]:
                    waits.append(event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta())
    return waits


async def reset(client: Client, workflow_id: str) -> None:
    """Reset the newest run under a workflow id to its first task; the server then delivers every signal again."""
    events = client.get_workflow_handle(workflow_id).fetch_history_events()
    first = await anext(
        event.event_id async for event in events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    )
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id),
            reason="test",
            workflow_task_finish_event_id=first,
            request_id=str(uuid4()),
        )
    )
