"""A careless edit of a workflow is named: the command that differs, and the line that issued it."""

import inspect
from pathlib import Path

import pytest

from models.sealing import KeyRing
from starter.comms.replaying.histories import history_in
from starter.comms.replaying.replay import Replays
from starter.comms.replaying.verdicts import Outcome, Verdict, as_json, told
from tests.histories import edited
from tests.histories.record import known
from tests.histories.reordered import ClosesBeforeHandingOver
from workflows.outreach_sequence import OutreachSequence

KEYS = KeyRing({"k1": b"k" * 32}, "k1")
HAND_OVER = "a_reply_ends_the_sequence_and_hands_the_lead_over"


async def replayed(path: str, *workflows: type) -> Verdict:
    return await Replays(KEYS, workflows).one(history_in(known(f"outreach.{path}*.json")))


def line_in(code: object, text: str) -> int:
    lines, first = inspect.getsourcelines(code)  # type: ignore[arg-type]
    return first + next(number for number, line in enumerate(lines) if text in line)


@pytest.mark.parametrize(
    ("code", "history", "now", "source", "line"),
    [
        (ClosesBeforeHandingOver, "activity hand_to_crm", "local activity close", ClosesBeforeHandingOver, "await self._close("),
        (edited.Renamed, "activity hand_to_crm", "activity give_to_crm", edited.Renamed, "give_to_crm"),
        (edited.Removed, "activity hand_to_crm", "search attributes", None, ""),
        (edited.Added, "activity hand_to_crm", "local activity look", edited.Added, "RunActivities.look"),
        (edited.WaitsInstead, "activity hand_to_crm", None, edited.WaitsInstead, "wait_condition"),
        (edited.SleepsFirst, "activity hand_to_crm", "timer “a moment of thought” of 5 min", edited.SleepsFirst, "sleep("),
    ],
    ids=["reordered", "renamed", "removed", "added", "waits instead", "timer added"],
)  # fmt: skip
async def test_an_edit_that_changes_the_order_of_commands_is_named_with_its_line(
    code: type, history: str, now: str | None, source: type | None, line: str
) -> None:
    verdict = await replayed(HAND_OVER, code)
    assert verdict.outcome is Outcome.DIVERGED
    found = as_json(verdict)["difference"]
    assert (found["history"], found["code"], found["event"]) == (history, now, 22)
    if source is None:
        assert found["calls"][0].startswith("workflows/watching.py:")
    else:
        file = Path(inspect.getfile(source)).relative_to(Path.cwd())
        assert any(call.startswith(f"{file}:{line_in(source, line)} in ") for call in found["calls"])
    assert history in told(verdict)
    assert found["calls"][0] in told(verdict)


async def test_a_patch_that_is_asked_for_under_another_name_is_named() -> None:
    verdict = await replayed("a_run_that_continues_waits_what_is_left*1", edited.AsksForAnotherPatch)
    assert verdict.outcome is Outcome.DIVERGED
    assert as_json(verdict)["difference"]["history"] == "patch continue-as-new"
    assert "edited.py" in told(verdict)


async def test_a_timer_that_runs_for_another_time_is_told_although_temporal_accepts_it() -> None:
    verdict = await replayed(HAND_OVER, edited.WaitsLonger)
    assert verdict.outcome is Outcome.CHANGED
    [timer] = as_json(verdict)["changed_timers"]
    assert (timer["was"], timer["is"]) == (
        "timer “reply to message 1” of 1 min",
        "timer “reply to message 1” of 2 min",
    )
    assert timer["at"].startswith("workflows/continuing.py:")


async def test_code_that_fails_is_told_by_its_line_and_without_the_text_of_its_error() -> None:
    verdict = await replayed(HAND_OVER, edited.Fails)
    assert verdict.outcome is Outcome.DIVERGED
    assert "Ana" not in told(verdict).replace('ValueError("Ana', "") + str(as_json(verdict))
    assert as_json(verdict)["failed_at"][0].startswith(
        f"tests/histories/edited.py:{line_in(edited.Fails, 'raise')} in "
    )


async def test_the_present_code_does_what_a_run_has_done() -> None:
    verdict = await replayed(HAND_OVER, OutreachSequence)
    assert (verdict.outcome, verdict.difference, verdict.changed) == (Outcome.OK, None, [])
