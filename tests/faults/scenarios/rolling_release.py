"""A release is rolled out: for a while the old worker and the next one take turns at the same runs."""

import shutil
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from deploy.local.ports import LOOPBACK
from deploy.local.site import REPOSITORY
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

RELEASED = ("activities", "models", "workflows", "worker.py")
CHANGES = {
    "activities/composition/sending.py": ('worker=f"{socket.gethostname()}:', 'worker=f"next:'),
    "workflows/delivering.py": ("LOOK_AGAIN = timedelta(hours=1)", "LOOK_AGAIN = timedelta(hours=2)"),
}
"""What the next release does otherwise, by file: it signs its claims with another name, and waits longer."""
_ALL_ENDED = "SELECT count(*) = 0 FROM run WHERE id::text = ANY(%s) AND closed_at IS NULL"


@scenario("F29", "The next release of the worker takes over, run by run, while the old one still works.",
          "every run goes on in the other's history without a failed workflow task; each text once", Kind.ROUGH,
          within=120)  # fmt: skip
async def old_and_new_worker_together(trial: Trial) -> None:
    async with trial.alone():
        stack, leads = trial.rig.stack, trial.leads(10, "faults_two")
        await stack.stop("worker-2")
        trial.rig.own["worker-2"] = _run_from(_next_release(trial.state / "next"))
        await stack.start("worker-2")
        run_ids = await trial.start(*leads)
        firsts = await trial.settled(*leads, states={"accepted"})
        await stack.stop("worker")
        trial.injected("runs that change over to another release", sum(not _by_next(first.workers) for first in firsts))
        await trial.until("every run has ended", _ALL_ENDED, run_ids, within=40)
        await stack.stop("worker-2")
    trial.expect("releases that sent first texts", {_by_next(first.workers) for first in firsts}, {False, True})
    for messages in (await trial.rig.ledger.standings([lead.phone for lead in leads])).values():
        trial.expect("outcomes", [list(message.outcomes) for message in messages], [["accepted"], ["accepted"]])
        trial.expect("the next release sent the second text", _by_next(messages[1].workers), True)
        trial.expect("requests", len(trial.calls(messages[0])), 2)
    trial.expect("failed workflow tasks", await _failed_tasks(trial, run_ids), 0)


def _next_release(directory: Path) -> Path:
    """Copy what makes the worker, with the changes."""
    for name in RELEASED:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        directory.mkdir(parents=True, exist_ok=True)
        copy(REPOSITORY / name, directory / name)
    for name, (old, new) in CHANGES.items():
        code = (directory / name).read_text()
        if old not in code:
            raise ValueError(f"{name} does not hold {old!r} any more: the next release would be the same")
        (directory / name).write_text(code.replace(old, new))
    return directory


def _run_from(directory: Path) -> dict[str, str]:
    """The environment in which `python -m worker` is that of a directory, whatever the working directory is."""
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": str(directory)}


def _by_next(workers: object) -> bool:
    return "next:" in str(workers)


async def _failed_tasks(trial: Trial, run_ids: list[str]) -> int:
    temporal = await Client.connect(f"{LOOPBACK}:{trial.rig.stack.site.ports['temporal']}")
    histories = [await temporal.get_workflow_handle(f"outreach/{run_id}").fetch_history() for run_id in run_ids]
    kinds = [event.event_type for history in histories for event in history.events]
    return kinds.count(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
