"""Whose yes a run waits for, by which ways it may come, and what becomes of a code."""

import json
from datetime import timedelta

import pytest

from models.terms import ApprovalPolicy, DecisionKind, OutreachOutcome
from tests.opened_history import opened
from tests.workflows.world import World, a_step

LONG = 60.0


async def test_nothing_is_sent_before_the_wording_is_approved(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN)
    await world.until_state("awaiting_approval")
    assert world.sms.sent == []
    await world.decide(DecisionKind.APPROVE)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 1


async def test_a_rejection_ends_the_run_without_a_message(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN)
    await world.until_state("awaiting_approval")
    await world.decide(DecisionKind.REJECT)

    assert await world.outcome() is OutreachOutcome.NOT_APPROVED
    assert world.sms.sent == []


async def test_an_approval_that_nobody_gives_is_escalated_and_ends_the_run(world: World) -> None:
    await world.start(
        a_step("hello"),
        approval=ApprovalPolicy.RUN,
        approval_deadline=timedelta(seconds=1),
        escalate_approval_after=timedelta(seconds=0.3),
    )

    assert await world.outcome() is OutreachOutcome.NOT_APPROVED
    assert world.scalar("SELECT owner FROM owner_task WHERE kind = 'approval_overdue'") == "incident-owner"


async def test_a_code_typed_in_the_temporal_ui_approves_once(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN)
    code = await world.code()
    await world.type_signal("approve", "WRONGCODE234")
    await world.type_signal("approve", {"code": code})

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert [event.reason for event in world.events("approval_refused")] == ["wrong_code"]
    assert [event.actor for event in world.events("approval_decided")] == ["approver"]


async def test_the_approver_gets_the_code_by_email_and_nobody_else_can_read_it(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN, approver_wants_email=True)
    await world.until(
        "SELECT count(*) FROM message WHERE run_id = :run AND audience = 'staff' AND state = 'accepted'", 1
    )
    notice = world.email.sent[0]
    code = next(line.strip().strip('"') for line in notice.body.splitlines() if line.startswith('  "'))
    assert code not in await opened(await world.handle.fetch_history(), world.ring)
    assert world.scalar(f"SELECT count(*) FROM message WHERE body LIKE '%{code}%'") == 0
    await world.type_signal("approve", code)

    assert notice.to == "approver@agency.example"
    assert await world.outcome() is OutreachOutcome.NO_RESPONSE


@pytest.mark.parametrize("mistyped", [("Approve", "{code}"), ("approve", "{code}", "please"),
                                      ("{code}",), ("stop", "{code}")])  # fmt: skip
async def test_a_code_that_was_typed_wrongly_is_spent_because_the_history_shows_it(
    world: World, mistyped: tuple[object, ...]
) -> None:
    await world.start(a_step("hello", listens=LONG), approval=ApprovalPolicy.RUN)
    code = await world.code()
    name, *args = json.loads(json.dumps(mistyped).replace("{code}", code))
    await world.type_signal(name, *args)
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'signal_refused'", 1)
    await world.type_signal("approve", code)
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'approval_refused'", 1)

    assert world.scalar("SELECT state FROM message WHERE run_id = :run") == "planned"
    assert code not in str(world.events("signal_refused"))
