"""Running a recorded history through the workflows of this version."""

import asyncio
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.service import RPCError
from temporalio.worker import Replayer

from models.connection import connect, key_ring
from models.payloads import data_converter
from models.settings import Settings
from starter.comms.problems import Problem
from workflows.guard import Guard
from workflows.registry import WORKFLOWS

SETTLING_SECONDS = 0.1
"""The Temporal client's native threads end a moment after it is dropped; an interpreter that exits first may crash."""


async def replay(settings: Settings, what: str, temporal_run: str | None = None) -> tuple[str | None, int]:
    """Replay a history file, or the history of a workflow on the server.

    Returns:
        What the present code would do differently (None if nothing), and how many events were replayed.

    Raises:
        Problem: there is no such history, or Temporal does not answer.
    """
    try:
        history = await _history(settings, what, temporal_run)
        replayer = Replayer(
            workflows=WORKFLOWS,
            interceptors=[Guard()],
            data_converter=data_converter(key_ring(settings)),
        )
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        failure = result.replay_failure
        return (None if failure is None else str(failure)), len(history.events)
    finally:
        await asyncio.sleep(SETTLING_SECONDS)


async def _history(settings: Settings, what: str, temporal_run: str | None) -> WorkflowHistory:
    file = Path(what)
    if file.is_file():
        try:
            return WorkflowHistory.from_json(file.stem, file.read_text())
        except (ValueError, KeyError) as error:
            raise Problem(f"{what} is not a workflow history: {type(error).__name__}") from None
    try:
        client = await connect(settings)
        return await client.get_workflow_handle(what, run_id=temporal_run).fetch_history()
    except RPCError as error:
        raise Problem(f"there is no file and no workflow {what!r}: {error.message}") from None
    except RuntimeError as error:
        raise Problem(f"Temporal does not answer at {settings.temporal.address}: {error}") from None
