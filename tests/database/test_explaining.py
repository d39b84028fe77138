"""Why a message went out, did not, or waits; what would have to change; what the gate would say now."""

import re
from uuid import UUID

import pytest

from models.database.engine import transaction
from models.database.explaining.messages import explain_message
from models.database.sending.claims import Rules
from models.explaining.answers import MessageExplanation, Verdict
from models.explaining.checks import CHECKS
from models.sending import HoldReason, NotSentReason
from tests.database.explained_cases import CASES, Case
from tests.database.world import EMAIL, PHONE, World

_PLACEHOLDERS = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "T"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"consent event \d+", "consent event N"),
    (r"[A-Z][a-z]{2} \d\d:\d\d in", "LOCAL in"),
)


def explained(world: World, run: UUID, step: str = "hello") -> MessageExplanation:
    rules = Rules(lambda row: world.hours, world.timers.inbound_silence, 1)
    with transaction(world.engine) as session:
        return explain_message(session, world.message(run, step)["id"], rules)


def plain(text: str) -> str:
    for pattern, placeholder in _PLACEHOLDERS:
        text = re.sub(pattern, placeholder, text)
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_way_is_answered_with_what_would_have_to_change(world: World, case: Case) -> None:
    run = case.begin(world)
    world.rows("UPDATE run SET started_at = clock_timestamp()")

    said = explained(world, run, case.step)

    assert plain(said.answer) == case.answer
    assert len(said.to_change) == len(case.changes)
    assert all(plain(r.change).startswith(begin) for r, begin in zip(said.to_change, case.changes, strict=True))
    assert all(remedy.who for remedy in said.to_change)
    assert tuple(step.who for step in said.next) == case.next_by
    assert [line.number for line in said.checks] == list(range(1, len(CHECKS) + 1))
    stopped = [line for line in said.checks if line.verdict is Verdict.STOPPED]
    assert [line.rule for line in stopped] == ([case.stopped_at] if case.stopped_at else [])
    assert all(line.to_change for line in stopped)
    assert not [secret for secret in (PHONE, EMAIL, "Lea", "Reply STOP") if secret in said.model_dump_json()]


def test_every_reason_is_among_the_cases() -> None:
    assert {case.reason for case in CASES if case.reason} == {*HoldReason, *NotSentReason}
