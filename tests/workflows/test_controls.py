"""What people may do to a run under way, by the service or by typing in the Temporal UI."""

from datetime import timedelta

import pytest

from models.provider_answers import Answer, AnswerKind
from models.terms import ApprovalPolicy, Channel, OutreachOutcome
from tests.workflows.world import World, a_step

LONG = 60.0


async def test_a_pause_can_be_read_in_the_temporal_ui_while_the_run_waits_for_a_reply(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.pause("everything")
    await world.until_details("Paused (everything)")
    await world.pause("everything", False)
    await world.until_details("Waiting for a reply")

    await world.stop()
    assert await world.outcome() is OutreachOutcome.STOPPED


async def test_a_stop_does_not_wait_for_a_provider_that_asks_to_come_back_later(world: World) -> None:
    world.sms.will(Answer(kind=AnswerKind.TRY_LATER, code="20429", retry_after=timedelta(hours=1)))
    await world.start(a_step("hello"))
    await world.until("SELECT count(*) FROM attempt WHERE outcome = 'not_accepted'", 1)
    await world.stop()

    assert await world.outcome() is OutreachOutcome.STOPPED


@pytest.mark.parametrize("scope", ["everything", "run"])
async def test_a_pause_holds_the_next_message_until_the_resume(world: World, scope: str) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    where = f"run:{world.run_id}" if scope == "run" else scope
    await world.pause(where)
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'letter'", "paused")
    assert world.email.sent == []
    await world.pause(where, False)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert len(world.email.sent) == 1


async def test_pause_resume_and_stop_can_be_typed_in_the_temporal_ui(world: World) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL, listens=LONG))
    await world.until_sent()
    await world.type_signal("pause")
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'letter'", "paused")
    await world.type_signal("resume", "")
    await world.until_sent(2)
    await world.type_signal("stop")

    assert await world.outcome() is OutreachOutcome.STOPPED


async def test_a_rollback_of_a_running_run_takes_back_the_hand_over_and_names_what_cannot_be(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.roll_back()

    assert await world.outcome() is OutreachOutcome.ROLLED_BACK
    assert world.scalar("SELECT state FROM undo WHERE run_id = :run") == "not_undoable"


async def test_a_closed_run_can_still_be_rolled_back(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.reply("How much is it?")
    assert await world.outcome() is OutreachOutcome.REPLIED
    await world.roll_back()
    await world.client.get_workflow_handle(f"rollback/{world.run_id}").result()

    assert world.crm.archived == ["c1"]
    assert world.scalar("SELECT state FROM handoff WHERE run_id = :run") == "voided"


async def test_a_stop_that_came_before_the_start_ends_the_run_at_once(world: World) -> None:
    await world.start(a_step("hello"), approval=ApprovalPolicy.RUN, stopped_before=True)

    assert await world.outcome() is OutreachOutcome.STOPPED
    assert world.sms.sent == []


INPUTS = {"none": (), "two": (None, {"x": 1}), "three": (1, 2, 3)}

MALFORMED = [
    pytest.param(name, args, id=f"{count}-{name}")
    for name in ("approve", "reject", "pause", "resume", "stop", "roll_back", "nudge", "aprove")
    for count, args in INPUTS.items()
    if args or name in ("approve", "reject", "aprove")  # without input the others are well formed
]


@pytest.mark.parametrize(("name", "args"), MALFORMED)
async def test_no_malformed_signal_can_wedge_or_fail_a_run(world: World, name: str, args: tuple[object, ...]) -> None:
    await world.start(a_step("hello", listens=0.5))
    await world.until_sent()
    await world.type_signal(name, *args)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    refused = world.events("signal_refused") + world.events("approval_refused")
    assert len(refused) == (0 if name == "nudge" else 1)
