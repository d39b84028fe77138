"""When a doubt is looked up, how often a provider is asked, and when a person is."""

from datetime import timedelta
from uuid import UUID

import pytest

from activities.lookup_budget import LookupBudget
from activities.reconciling import Reconciler, Swept
from models.database.gauges import standing
from models.errors import TryAgain
from models.provider_answers import lost_answer
from models.reconciling import Listed, Trace
from models.sending import InDoubt
from tests.database.doubts import OTHER_SID, SID, ListOfTwilio, in_doubt, listed, sweep
from tests.database.world import World


def _at(world: World, number: int) -> UUID:
    return in_doubt(world, lead=world.lead(phone=f"+1303555{number:04d}"))


def _stale_in(world: World, run: UUID, **time: float) -> None:
    world.rows(
        "UPDATE message SET expires_at = clock_timestamp() + :time WHERE run_id = :run AND step = 'hello'",
        run=run,
        time=timedelta(**time),
    )


def test_doubts_of_one_address_share_one_call(world: World) -> None:
    runs = [in_doubt(world), in_doubt(world, lead=world.lead("Max"))]
    twilio = ListOfTwilio()

    Reconciler(world.reconciliation, {"twilio": twilio}).sweep()

    assert len(twilio.asked) == 1
    assert [world.message(run)["checks_done"] for run in runs] == [1, 1]


def test_what_exceeds_the_budget_stays_due_and_keeps_its_place(world: World) -> None:
    clock = [0.0]
    budget = LookupBudget(6, lambda: clock[0])
    first, second = _at(world, 1), _at(world, 2)
    due = [world.message(run)["next_check_at"] for run in (first, second)]

    assert sweep(world, budget=budget) == Swept(put_off=1)
    assert world.message(first)["checks_done"] == 1
    assert (world.message(second)["checks_done"], world.message(second)["next_check_at"]) == (0, due[1])
    assert standing(world.engine).oldest_check > 0

    assert sweep(world, budget=budget) == Swept(put_off=1)
    clock[0] = 10.0
    assert sweep(world, listed(world, second), budget=budget) == Swept(found=1)


def test_an_email_needs_no_budget(world: World) -> None:
    budget = LookupBudget(1)
    budget.take()
    in_doubt(world, "mail")

    assert sweep(world, budget=budget) == Swept()


def test_a_provider_that_asks_to_come_back_later_is_left_in_peace(world: World) -> None:
    clock = [0.0]
    budget = LookupBudget(6000, lambda: clock[0])
    twilio = ListOfTwilio(down=TryAgain("429", timedelta(seconds=40)))
    reconciler = Reconciler(world.reconciliation, {"twilio": twilio}, budget)
    run, _ = _at(world, 1), _at(world, 2)

    assert reconciler.sweep() == Swept(put_off=1)
    world.make_due(run)
    clock[0] = 39.0
    assert reconciler.sweep() == Swept(put_off=2)
    assert len(twilio.asked) == 1
    clock[0] = 40.0
    reconciler.sweep()
    assert len(twilio.asked) == 2


def test_a_doubt_that_no_budget_reaches_in_time_is_a_persons_all_the_same(world: World) -> None:
    run = in_doubt(world)
    _stale_in(world, run, minutes=4)
    budget = LookupBudget(1)
    budget.take()

    assert sweep(world, budget=budget) == Swept(given_to_person=1)
    [task] = world.tasks("message_in_doubt")
    assert task["evidence"]["seen"] == Trace.NO_ANSWER


def test_a_person_is_asked_five_minutes_before_the_message_gets_stale(world: World) -> None:
    run = in_doubt(world)
    _stale_in(world, run, minutes=6)

    assert sweep(world) == Swept()
    left = world.one("SELECT expires_at - next_check_at AS left FROM message WHERE state = 'unknown'")["left"]
    assert left == timedelta(minutes=5)
    _stale_in(world, run, minutes=5)
    world.make_due(run)
    assert sweep(world) == Swept(given_to_person=1)
    assert world.message(run)["checks_done"] == 2


def test_the_first_look_is_not_after_that_moment_either(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    _stale_in(world, run, minutes=5, seconds=5)

    world.ledger.record(claim, lost_answer("ReadTimeout"))

    left = world.one("SELECT expires_at - next_check_at AS left FROM message WHERE state = 'unknown'")["left"]
    assert left == timedelta(minutes=5)


def test_one_listed_message_that_may_be_either_of_two_in_doubt_is_neither(world: World) -> None:
    run = in_doubt(world)
    twin = in_doubt(world, lead=world.lead("Max"))
    world.rows("UPDATE message SET body = (SELECT body FROM message WHERE run_id = :run AND step = 'hello')", run=run)

    assert sweep(world, listed(world, run)) == Swept(given_to_person=2)

    for one in (run, twin):
        assert (world.message(one)["state"], world.message(one)["provider_message_id"]) == ("escalated", None)
    assert {task["evidence"]["seen"] for task in world.tasks("message_in_doubt")} == {Trace.SHARED}


def test_the_task_tells_a_person_all_they_need_and_nothing_personal(world: World) -> None:
    run = in_doubt(world)
    sweep(world)
    world.make_due(run)
    sweep(world, listed(world, run), listed(world, run, OTHER_SID))

    [task] = world.tasks("message_in_doubt")
    told = task["evidence"]
    assert [one["provider_message_id"] for one in told["candidates"]] == [SID, OTHER_SID]
    assert [check["saw"] for check in told["checked"]] == ["no_trace", "several_candidates"]
    assert [line["what"] for line in told["timeline"]][:3] == [
        "the call began", "answer: unknown (ReadTimeout)", "the time of the call was over",
    ]  # fmt: skip
    assert told["consequence"] in task["instruction"]
    assert f"{SID}, {OTHER_SID}" in task["instruction"]
    message = world.message(run)
    for personal in (message["address"], message["body"], "Lea"):
        assert personal not in str(told) + task["instruction"]


def test_nothing_is_ever_sent_again_on_silence(world: World) -> None:
    text, mail = in_doubt(world), in_doubt(world, "mail", world.lead("Max"))
    steps = ((text, "hello"), (mail, "mail"))

    for hours in (*range(6), *[24] * 28):
        for run, _ in steps:
            world.passes(run, timedelta(hours=hours))
            world.make_due(run)
        sweep(world)
        assert all(isinstance(world.claim(run, step), InDoubt) for run, step in steps)

    assert [world.message(run, step)["state"] for run, step in steps] == ["escalated"] * 2
    assert [len(world.attempts(run)) for run, _ in steps] == [1, 1]
    assert len(world.tasks("message_in_doubt")) == 2


@pytest.mark.parametrize("minutes", [3, 16])
def test_a_list_that_cannot_be_read_is_waited_for_but_not_for_ever(world: World, minutes: int) -> None:
    run = in_doubt(world)
    world.passes(run, timedelta(minutes=2 * minutes))

    assert sweep(world, down=True) == Swept(given_to_person=int(minutes > 15))


def test_a_message_to_another_address_with_the_same_text_is_none_of_ours(world: World) -> None:
    run = in_doubt(world)
    one = listed(world, run)

    assert sweep(world, Listed(SID, "+13035550999", one.body, one.created_at)) == Swept()
