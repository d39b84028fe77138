"""Many runs at once: the gate before a deploy."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from temporalio.api.workflowservice.v1 import CountWorkflowExecutionsRequest, ListWorkflowExecutionsRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from starter.comms.replaying.verdicts import Outcome, Verdict, as_json

PAGE = 200
SPOTS = 10
"""How many different places are shown at which runs diverge."""


@dataclass(frozen=True)
class Listed:
    """One run on the server."""

    workflow_id: str
    run: str
    workflow: str


def open_on(task_queue: str) -> str:
    """Return the query for all that is under way, paused ones too, on our task queue."""
    return f"CloseTime IS NULL AND TaskQueue = '{task_queue}'"


def closed_since(task_queue: str, moment: datetime) -> str:
    """Return the query for what has closed since a moment."""
    return f"CloseTime >= '{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}' AND TaskQueue = '{task_queue}'"


async def count(client: Client, query: str) -> int:
    """Return how many runs there are."""
    asked = CountWorkflowExecutionsRequest(namespace=client.namespace, query=query)
    return (await client.workflow_service.count_workflow_executions(asked)).count


async def listed(client: Client, query: str) -> AsyncIterator[Listed]:
    """Yield the runs. Read as the server sends them: the SDK cannot read the state of one that is natively paused."""
    page = b""
    while True:
        asked = ListWorkflowExecutionsRequest(
            namespace=client.namespace, query=query, page_size=PAGE, next_page_token=page
        )
        answer = await client.workflow_service.list_workflow_executions(asked)
        for found in answer.executions:
            yield Listed(found.execution.workflow_id, found.execution.run_id, found.type.name)
        if not (page := answer.next_page_token):
            return


async def fetched(
    client: Client, runs: AsyncIterator[Listed], gone: Callable[[Listed], None]
) -> AsyncIterator[WorkflowHistory]:
    """Yield the histories of runs; one that was deleted meanwhile is told to `gone`."""
    async for one in runs:
        try:
            yield await client.get_workflow_handle(one.workflow_id, run_id=one.run).fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            gone(one)


def summary(verdicts: Iterable[Verdict]) -> Table:
    """Return a table: how many of each workflow went how."""
    counted: Counter[tuple[str, str]] = Counter((one.workflow, one.outcome) for one in verdicts)
    made = Table(title="Replayed", title_justify="left", title_style="bold", header_style="bold")
    made.add_column("workflow")
    for outcome in Outcome:
        made.add_column(outcome.value, justify="right")
    for workflow in sorted({workflow for workflow, _ in counted}):
        made.add_row(workflow, *(str(counted[workflow, outcome]) for outcome in Outcome))
    return made


def spots(verdicts: Iterable[Verdict]) -> Table | None:
    """Return a table: where runs diverge or why they cannot be read, the most frequent first; None if none does."""
    troubled = [one for one in verdicts if one.outcome in (Outcome.DIVERGED, Outcome.UNREADABLE)]
    if not troubled:
        return None
    examples = {one.spot: one.workflow_id for one in troubled}
    made = Table(title="Where", title_justify="left", title_style="bold", header_style="bold")
    for column in ("", "runs", "such as"):
        made.add_column(column, overflow="fold", justify="right" if column == "runs" else "left")
    for spot, number in Counter(one.spot for one in troubled).most_common(SPOTS):
        made.add_row(spot, str(number), examples[spot])
    return made


def report(verdicts: list[Verdict]) -> dict[str, Any]:
    """Return the whole of it for programs; runs that went well are only counted."""
    counted = Counter(one.outcome for one in verdicts)
    reasons = Counter(str(one.unreadable) for one in verdicts if one.unreadable)
    return {
        "replayed": len(verdicts),
        **{outcome.value: counted[outcome] for outcome in Outcome},
        "unreadable_by_reason": dict(reasons),
        "runs": [as_json(one) for one in verdicts if one.outcome is not Outcome.OK],
    }
