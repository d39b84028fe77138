"""Runs that began under an earlier version still replay under this one, and an edit that would break them is noticed."""

import json
from functools import cache
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from models.payloads import data_converter
from models.sealing import KeyRing
from tests.histories.record import HERE, version
from tests.histories.reordered import ClosesBeforeHandingOver
from workflows.guard import Guard
from workflows.registry import WORKFLOWS

HISTORIES = sorted(HERE.glob("v*/*.json"))
OF_0_1_0 = sorted((HERE / "v0.1.0").glob("outreach.*.json"))
TEST_KEYS = KeyRing({"k1": b"k" * 32}, "k1")
PATHS = {
    "answered": "a_reply_ends_the_sequence",
    "silent": "silence_moves_on",
    "declined": "a_rejection_ends",
    "approval expired and escalated": "an_approval_that_nobody_gives",
    "opted out mid-way": "an_opt_out_ends_it",
    "paused and resumed": "a_pause_holds_the_next_message",
    "in doubt": "a_lost_answer",
    "rolled back": "a_rollback_of_a_running_run",
    "continued as new": "a_run_that_continues",
    "continued as new while held": "a_hold_lasts_over_many_histories",
    "reset": "a_run_at_its_second_step",
    "reset after its end": "a_run_that_has_closed",
    "unreadable signal": "a_code_in_broken_json",
}


def _named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def _replayer(*workflows: type) -> Replayer:
    return Replayer(workflows=workflows, data_converter=data_converter(TEST_KEYS), interceptors=[Guard()])


async def replay(path: Path, written: str, *workflows: type) -> None:
    await _replayer(*(workflows or WORKFLOWS)).replay_workflow(WorkflowHistory.from_json(path.stem, written))


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_this_version_has_a_history_of_every_path(path: str) -> None:
    assert list((HERE / f"v{version()}").glob(f"outreach.{path}*.json"))


@pytest.mark.parametrize("path", HISTORIES, ids=_named)
async def test_an_old_run_still_replays(path: Path) -> None:
    await replay(path, path.read_text())


@pytest.mark.parametrize("path", OF_0_1_0, ids=_named)
async def test_a_run_that_had_outgrown_its_history_before_runs_could_continue_still_replays(path: Path) -> None:
    history = json.loads(path.read_text())
    for event in history["events"]:
        if started := event.get("workflowTaskStartedEventAttributes"):
            started["suggestContinueAsNew"] = True

    await replay(path, json.dumps(history))


@pytest.mark.parametrize("version_of", ["v0.1.0", f"v{version()}"])
async def test_two_activities_in_another_order_are_noticed(version_of: str) -> None:
    path = HERE / version_of / "outreach.a_reply_ends_the_sequence_and_hands_the_lead_over.json"

    with pytest.raises(NondeterminismError):
        await replay(path, path.read_text(), ClosesBeforeHandingOver)
