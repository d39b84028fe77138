"""What else happens to a message that two people want sent again: news, opt-outs, pauses, the end of its run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from activities.reconciling import Swept
from models.database import runs
from models.database.engine import transaction
from models.provider_answers import lost_answer, twilio_answer
from models.reconciling import Listed, Look, Trace
from models.sending import Claimed, InDoubt, NotSent, NotSentReason, Sent
from models.terms import OutreachOutcome, PauseScope
from tests.database.doubts import OTHER_SID, SID, agreed, ask, escalated, in_doubt, listed, sweep, wish
from tests.database.findings import callback, find
from tests.database.world import HERE, World, accepted


def test_a_wish_of_one_person_is_never_settled_by_a_look(world: World) -> None:
    run = in_doubt(world)
    [doubt] = world.reconciliation.due()
    world.reconciliation.not_found(doubt, Look(Trace.SEVERAL))
    world.passes(run, world.timers.checks[-1])
    ask(world, run, "eve")

    assert not world.reconciliation.settle_resend(doubt, Look(Trace.NONE))
    assert isinstance(world.claim(run), InDoubt)


def test_a_callback_between_the_confirmation_and_the_look_is_the_answer(world: World) -> None:
    run = agreed(world)
    [doubt] = world.reconciliation.confirmed()
    look = world.reconciliation.compare(doubt, [])

    find(world, doubt.message_id, doubt.fence, callback(SID))
    world.reconciliation.settle_resend(doubt, look)

    assert world.claim(run) == Sent(message_id=doubt.message_id)
    assert wish(world)["result"] == "resolved_meanwhile"
    assert world.tasks() == []


def test_a_callback_before_the_confirmation_ends_the_wish(world: World) -> None:
    run = escalated(world)
    ask(world, run, "eve")
    find(world, world.message(run)["id"], 1, callback(SID))

    sweep(world)

    assert [event["reason"] for event in world.events("resend_settled")] == ["resolved_meanwhile"]
    assert sweep(world) == Swept()


def test_an_opt_out_after_the_confirmation_holds(world: World) -> None:
    run = agreed(world)
    world.opt_out()

    assert sweep(world) == Swept(settled=1)

    assert world.claim(run) == NotSent(message_id=world.message(run)["id"], reason=NotSentReason.OPTED_OUT)
    assert [task["evidence"] for task in world.tasks("not_sent_again")] == [{"reason": "opted_out"}]


def test_a_pause_after_the_confirmation_holds(world: World) -> None:
    run = agreed(world)
    world.pause(PauseScope.CLIENT)
    sweep(world)

    assert not isinstance(world.claim(run), Claimed | InDoubt)
    world.pause(PauseScope.CLIENT, False)
    assert isinstance(world.claim(run), Claimed)


def _close(world: World, run: UUID) -> None:
    with transaction(world.engine) as session:
        runs.close(session, run, OutreachOutcome.GIVEN_TO_PERSON, HERE)


@pytest.mark.parametrize("closed", ["before the look", "after the look"])
def test_a_message_whose_run_ends_first_is_cancelled_and_somebody_is_told(world: World, closed: str) -> None:
    run = agreed(world)
    if closed == "before the look":
        _close(world, run)
        assert sweep(world) == Swept(settled=1)
        assert wish(world)["result"] == "run_ended"
    else:
        sweep(world)
        _close(world, run)

    assert world.claim(run) == NotSent(message_id=world.message(run)["id"], reason=NotSentReason.RUN_ENDED)
    [task] = world.tasks("not_sent_again")
    assert (task["owner"], task["message_id"]) == ("eve", world.message(run)["id"])


def test_a_message_whose_run_is_stopped_before_the_second_claim_is_cancelled_and_somebody_is_told(world: World) -> None:
    run = agreed(world)
    sweep(world)
    with transaction(world.engine) as session:
        runs.stop(session, run, HERE)

    assert world.claim(run) == NotSent(message_id=world.message(run)["id"], reason=NotSentReason.RUN_ENDED)
    _close(world, run)
    [task] = world.tasks("not_sent_again")
    assert (task["owner"], task["message_id"]) == ("eve", world.message(run)["id"])


def test_a_run_that_is_being_closed_during_the_look_leaves_nothing_ready(world: World) -> None:
    run = agreed(world)
    waiting = (
        "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )

    with ThreadPoolExecutor(1) as reconciler:
        with transaction(world.engine) as session:
            runs.close(session, run, OutreachOutcome.GIVEN_TO_PERSON, HERE)
            swept = reconciler.submit(sweep, world)
            while not swept.done() and not world.one(waiting)["n"]:
                pass
        assert swept.result() == Swept(settled=1)

    assert world.message(run)["state"] == "cancelled"
    assert len(world.tasks("not_sent_again")) == 1


@pytest.mark.parametrize("answer", [None, accepted(OTHER_SID), lost_answer("ReadTimeout"), twilio_answer(400, 21211)])
def test_late_news_of_the_first_copy_is_on_a_persons_list_and_never_silent(world: World, answer: object) -> None:
    run = agreed(world)
    sweep(world)
    again = world.claimed(run)
    if answer is not None:
        world.ledger.record(again, answer)  # type: ignore[arg-type]

    find(world, again.message_id, 1, callback(SID))

    [task] = world.tasks("conflicting_evidence")
    assert (task["evidence"]["provider_message_id"], task["message_id"]) == (SID, again.message_id)
    assert "may have received it twice" in task["instruction"]


def test_late_news_before_the_second_call_keeps_it_from_leaving(world: World) -> None:
    run = agreed(world)
    sweep(world)
    find(world, world.message(run)["id"], 1, callback(SID))

    assert world.claim(run) == Sent(message_id=world.message(run)["id"])
    assert len(world.tasks("conflicting_evidence")) == 1


def test_a_list_entry_of_another_message_is_no_answer_for_this_one(world: World) -> None:
    run = agreed(world)
    one = listed(world, run)
    world.sent(world.run(lead=world.lead("Max")), provider_id=SID)

    assert sweep(world, Listed(SID, one.to, one.body, one.created_at + timedelta(seconds=1))) == Swept(settled=1)
    assert isinstance(world.claim(run), Claimed)
