"""What has left and cannot be recalled is corrected by a message of its own, which an approver has to approve."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from models.database import corrections
from models.database.corrections import Corrections, NothingToCorrect, Wording
from models.database.engine import transaction
from models.database.intake import Asked
from models.terms import Channel, DecisionKind, OutreachOutcome
from tests.workflows.world import World, a_step

RIGHT = Wording(Channel.SMS, "", "{{ client_name }}: the visit costs $89, not $8. Reply STOP to opt out.")


async def _rolled_back(world: World) -> None:
    await world.start(a_step("hello", listens=60))
    await world.until_sent()
    await world.roll_back()
    assert await world.outcome() is OutreachOutcome.ROLLED_BACK


async def _corrected(world: World, wordings: Sequence[Wording] = (RIGHT,)) -> None:
    """From here on the world shows the run that corrects."""
    with transaction(world.engine) as session:
        asked = Asked("sales-ops", uuid4().hex, "hash")
        started = corrections.ask(session, world.run_id, wordings, asked)
    world.run_id = started.run_id
    await world.relay()


async def test_a_correction_leaves_once_it_is_approved_and_then_ends_the_undo(world: World) -> None:
    await _rolled_back(world)
    [task] = world.tasks("undo")
    assert task.evidence["correct"] == f"comms correct {world.run_id}"
    wrong = world.run_id
    await _corrected(world)
    await world.until_state("awaiting_approval")
    assert (len(world.sms.sent), Corrections(world.engine).settle()) == (1, 0)

    await world.decide(DecisionKind.APPROVE)
    await world.until_sent()

    assert world.sms.sent[-1].body == "Acme Plumbing: the visit costs $89, not $8. Reply STOP to opt out."
    assert [Corrections(world.engine).settle() for _ in range(2)] == [1, 0]
    await world.stop()
    await world.outcome()
    world.run_id = wrong
    assert world.scalar("SELECT state FROM undo WHERE run_id = :run") == "correction_sent"
    assert world.tasks("undo") == []
    assert [event.reason for event in world.events("undone")] == ["not_undoable", "correction_sent"]


async def test_a_correction_that_is_rejected_leaves_the_step_as_it_was(world: World) -> None:
    await _rolled_back(world)
    await _corrected(world)
    await world.until_state("awaiting_approval")
    await world.decide(DecisionKind.REJECT)

    assert await world.outcome() is OutreachOutcome.NOT_APPROVED
    assert Corrections(world.engine).settle() == 0
    assert world.scalar("SELECT count(*) FROM undo WHERE state = 'not_undoable'") == 1


async def test_only_what_has_left_is_corrected_and_by_one_correction_at_a_time(world: World) -> None:
    await _rolled_back(world)
    wrong = world.run_id
    with pytest.raises(NothingToCorrect, match="no email of this run"):
        await _corrected(world, [Wording(Channel.EMAIL, "Sorry", "unsubscribe")])
    await _corrected(world)
    await world.until_state("awaiting_approval")
    correcting, world.run_id = world.run_id, wrong
    with pytest.raises(NothingToCorrect, match=f"run {correcting} corrects"):
        await _corrected(world)

    world.run_id = correcting
    await world.stop()
    assert await world.outcome() is OutreachOutcome.STOPPED
