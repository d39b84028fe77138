"""Runs that began under an earlier version still replay under this one."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from models.payloads import data_converter
from models.sealing import KeyRing
from workflows.guard import Guard
from workflows.registry import WORKFLOWS

HISTORIES = sorted(Path(__file__).parent.glob("v*/*.json"))
TEST_KEYS = KeyRing({"k1": b"k" * 32}, "k1")


def test_there_is_a_history_for_every_end_of_the_outreach_process() -> None:
    named = {path.stem for path in HISTORIES}
    assert len(named) > 20


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_an_old_run_still_replays(path: Path) -> None:
    replayer = Replayer(workflows=WORKFLOWS, data_converter=data_converter(TEST_KEYS), interceptors=[Guard()])
    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, path.read_text()))
