"""Resetting a run to its first task, wherever it stands, sends nothing again and changes no end."""

import asyncio

import pytest

from models.delivery import Delivery
from models.terms import ApprovalPolicy, Channel, DecisionKind, OutreachOutcome
from tests.workflows import chains
from tests.workflows.stories import a_lost_answer_and_a_callback, two_failed_deliveries
from tests.workflows.world import World, a_step

LONG = 60.0


async def reset(world: World) -> None:
    await chains.reset(world.client, world.handle.id)


async def test_a_run_that_awaits_approval(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN, approver_wants_email=True)
    code = await world.code()
    await world.until(
        "SELECT count(*) FROM message WHERE run_id = :run AND audience = 'staff' AND state = 'accepted'", 1
    )
    await world.type_signal("approve", "WRONGCODE234")
    await world.until("SELECT count(*) FROM event WHERE run_id = :run AND kind = 'approval_refused'", 1)
    await reset(world)
    await world.until_details("Waiting for approval")
    await world.type_signal("approve", code)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)
    assert len(world.events("approval_decided")) == len(world.events("approval_requested")) == 1


async def test_a_typed_code_that_the_reset_delivers_again_decides_nothing(world: World) -> None:
    await world.start(a_step("hello", listens=LONG), approval=ApprovalPolicy.RUN)
    await world.type_signal("approve", await world.code())
    await world.until_sent()
    await world.decide(DecisionKind.REVOKE)
    assert await world.outcome() is OutreachOutcome.NOT_APPROVED
    await reset(world)

    assert await world.outcome() is OutreachOutcome.NOT_APPROVED
    assert [event.reason for event in world.events("approval_decided")] == ["approve", "revoke"]
    assert len(world.sms.sent) == 1


async def test_a_run_that_awaits_a_reply(world: World) -> None:
    await world.start(a_step("hello", listens=LONG), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await reset(world)
    await world.until_details("Waiting for a reply")
    await world.reply("Call me")

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert (len(world.sms.sent), len(world.email.sent), len(world.crm.records)) == (1, 0, 1)


async def test_a_run_at_its_second_step(world: World) -> None:
    await world.start(a_step("hello"), a_step("letter", Channel.EMAIL, listens=LONG))
    await world.until_sent(2)
    await reset(world)
    await world.until_details("Step letter was sent")
    assert world.scalar("SELECT state FROM run WHERE id = :run") == "awaiting_reply"
    await world.reports(Delivery.DELIVERED)
    await world.reply("Call me")

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_a_run_after_its_one_repeat(world: World) -> None:
    await two_failed_deliveries(world, reset)

    assert await world.outcome() is OutreachOutcome.UNREACHABLE
    assert len(world.sms.sent) == 2


async def test_a_run_that_is_held(world: World) -> None:
    await world.start(a_step("hello"), a_step("letter", Channel.EMAIL))
    await world.pause("everything")
    await world.until("SELECT reason FROM message WHERE run_id = :run AND reason = 'paused' LIMIT 1", "paused")
    sent = len(world.sms.sent)
    await reset(world)
    await world.until_details("is held")
    assert (len(world.sms.sent), len(world.email.sent)) == (sent, 0)
    await world.pause("everything", False)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_a_run_whose_message_is_in_doubt(world: World) -> None:
    await a_lost_answer_and_a_callback(world, reset)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 1


async def test_a_run_while_the_provider_is_being_called(world: World) -> None:
    world.sms.hangs(1.5)
    await world.start(a_step("hello", listens=0.5))
    await world.until("SELECT count(*) FROM attempt", 1)
    await reset(world)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize(("words", "ends"), [("Call me", OutreachOutcome.REPLIED), ("STOP", OutreachOutcome.OPTED_OUT)])
async def test_a_run_that_has_closed(world: World, words: str, ends: OutreachOutcome) -> None:
    await world.start(a_step("hello", listens=LONG), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.reply(words)
    assert await world.outcome() is ends
    closed = world.scalar("SELECT closed_at FROM run WHERE id = :run")
    await reset(world)

    assert await world.outcome() is ends
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 0)
    assert world.scalar("SELECT closed_at FROM run WHERE id = :run") == closed
    assert len(world.events("run_closed")) == 1
    assert world.scalar("SELECT count(*) FROM owner_task WHERE run_id = :run AND kind = 'answer_reply'") == (
        1 if ends is OutreachOutcome.REPLIED else 0
    )


async def test_a_typed_resume_that_the_reset_delivers_again_does_not_lift_a_later_pause(world: World) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.type_signal("pause")
    await world.type_signal("resume")
    await world.until("SELECT count(*) FROM pause_event WHERE kind = 'resume'", 1)
    await world.pause(f"run:{world.run_id}")
    await reset(world)
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'letter'", "paused")
    await asyncio.sleep(0.5)
    assert world.email.sent == []
    await world.pause(f"run:{world.run_id}", False)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.email.sent) == 1


async def test_a_typed_pause_that_the_reset_delivers_again_does_not_hold_a_run_that_was_resumed(world: World) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.type_signal("pause")
    await world.until("SELECT count(*) FROM pause WHERE paused", 1)
    await world.pause(f"run:{world.run_id}", False)
    await reset(world)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.email.sent) == 1
