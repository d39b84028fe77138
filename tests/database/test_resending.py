"""Sending again what is in doubt: two people, a fresh look, the whole gate, and never a second copy without a word."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from activities.reconciling import Swept
from models.database.doubts.resending import NotToBeSentAgain, Step
from models.sending import Claimed, InDoubt, Sent
from tests.database.doubts import OTHER_SID, SID, agreed, ask, escalated, in_doubt, listed, sweep, wish
from tests.database.findings import callback, find
from tests.database.world import World, accepted


def test_two_people_and_a_list_without_a_trace_let_it_leave_again_under_a_new_fence(world: World) -> None:
    run = agreed(world)
    announced = world.announced(run)

    assert sweep(world) == Swept(settled=1)

    message = world.message(run)
    assert (message["state"], message["reason"], message["fence"]) == ("ready", None, 1)
    assert world.tasks("message_in_doubt") == []
    assert world.announced(run) == announced + 1
    said = world.rows("SELECT source, kind, reason FROM evidence ORDER BY id DESC LIMIT 1")
    assert [tuple(row.values()) for row in said] == [("person", "not_accepted", "person_send_again")]
    again = world.claimed(run)
    assert again.fence == 2
    assert world.ledger.record(again, accepted()) == Sent(message_id=again.message_id)
    assert [attempt["outcome"] for attempt in world.attempts(run)] == ["not_accepted", "accepted"]
    assert [event["actor"] for event in world.events("resend_asked")] == ["eve", "ann"]
    assert [event["reason"] for event in world.events("resend_settled")] == ["sent_again"]
    assert wish(world)["looked_at"] >= wish(world)["confirmed_at"]  # type: ignore[operator]


def test_one_person_alone_changes_nothing_however_often(world: World) -> None:
    run = escalated(world)
    assert [ask(world, run, "eve") for _ in range(3)] == [Step.ASKED, Step.ASKED_BEFORE, Step.ASKED_BEFORE]

    assert sweep(world) == Swept()

    assert isinstance(world.claim(run), InDoubt)
    assert wish(world)["confirmed_by"] is None
    assert len(world.events("resend_asked")) == 1
    [task] = world.tasks("message_in_doubt")
    assert "asked by eve, waits for a second person" in task["evidence"]["send_again"]


def test_of_two_confirmations_at_once_one_counts(world: World) -> None:
    run = escalated(world)
    ask(world, run, "eve")

    with ThreadPoolExecutor(2) as people:
        steps = list(people.map(lambda by: ask(world, run, by), ("ann", "bob")))

    assert sorted(steps) == [Step.CONFIRMED, Step.CONFIRMED_BEFORE]
    assert sweep(world) == Swept(settled=1)
    assert sweep(world) == Swept()


def test_two_people_who_ask_first_at_once_are_one_who_asks_and_one_who_confirms(world: World) -> None:
    run = escalated(world)

    with ThreadPoolExecutor(2) as people:
        steps = list(people.map(lambda by: ask(world, run, by), ("eve", "ann")))

    assert sorted(steps) == [Step.ASKED, Step.CONFIRMED]


def test_before_the_horizon_nobody_may_ask(world: World) -> None:
    run = in_doubt(world)
    with pytest.raises(NotToBeSentAgain, match="not before .* UTC"):
        ask(world, run, "eve")

    sweep(
        world, listed(world, run), listed(world, run, OTHER_SID)
    )  # two candidates: a person's, long before the horizon
    assert world.message(run)["state"] == "escalated"
    with pytest.raises(NotToBeSentAgain, match="not before"):
        ask(world, run, "eve")

    world.passes(run, world.timers.checks[-1])
    assert ask(world, run, "eve") is Step.ASKED


def test_after_the_horizon_nobody_may_ask_while_it_is_still_being_looked_up(world: World) -> None:
    run = in_doubt(world)
    world.passes(run, world.timers.checks[-1] * 1.5)
    sweep(world, down=True)

    with pytest.raises(NotToBeSentAgain, match="once it is with a person"):
        ask(world, run, "eve")


def test_what_the_fresh_list_shows_is_the_message_and_nothing_leaves(world: World) -> None:
    run = agreed(world)

    assert sweep(world, listed(world, run)) == Swept(settled=1)

    assert world.claim(run) == Sent(message_id=world.message(run)["id"])
    assert world.message(run)["provider_message_id"] == SID
    assert wish(world)["result"] == "listed"
    assert world.tasks() == []


def test_several_candidates_stay_with_the_person_who_may_ask_again(world: World) -> None:
    run = agreed(world)
    both = (listed(world, run), listed(world, run, OTHER_SID))

    assert sweep(world, *both) == Swept(settled=1)

    assert isinstance(world.claim(run), InDoubt)
    [task] = world.tasks("message_in_doubt")
    assert f"({SID}, {OTHER_SID}). It stays with you." in task["evidence"]["send_again"]
    assert ask(world, run, "ann") is Step.ASKED
    assert wish(world)["confirmed_by"] is None
    assert sweep(world) == Swept()
    ask(world, run, "eve")
    assert sweep(world) == Swept(settled=1)
    assert isinstance(world.claim(run), Claimed)


def test_a_list_that_cannot_be_read_is_tried_for_two_minutes_and_then_stays_with_the_person(world: World) -> None:
    run = agreed(world)
    assert sweep(world, down=True) == Swept()
    assert wish(world)["result"] is None
    world.rows("UPDATE resend SET confirmed_at = confirmed_at - interval '3 minutes'")

    assert sweep(world, down=True) == Swept(settled=1)

    assert world.message(run)["state"] == "escalated"
    [task] = world.tasks("message_in_doubt")
    assert "the provider's list could not be read. It stays with you." in task["evidence"]["send_again"]


def test_a_look_from_before_a_confirmation_settles_nothing(world: World) -> None:
    run = agreed(world)
    [stale] = world.reconciliation.confirmed()
    look = world.reconciliation.compare(stale, [])
    both = (listed(world, run), listed(world, run, OTHER_SID))
    sweep(world, *both)
    ask(world, run, "ann")
    ask(world, run, "eve")

    assert not world.reconciliation.settle_resend(stale, look)

    assert isinstance(world.claim(run), InDoubt)


def test_what_could_not_leave_anyhow_is_not_asked_for(world: World) -> None:
    stopped, stale, passed = (escalated(world, lead=world.lead(name)) for name in ("Ada", "Bea", "Cleo"))
    world.stop(stopped)
    world.sent(passed, "mail", "0100-next")
    world.rows("UPDATE message SET expires_at = clock_timestamp() WHERE run_id = :run", run=stale)

    with pytest.raises(NotToBeSentAgain, match="run has ended"):
        ask(world, stopped, "eve")
    with pytest.raises(NotToBeSentAgain, match="stale"):
        ask(world, stale, "eve")
    with pytest.raises(NotToBeSentAgain, match="gone on to a later message"):
        ask(world, passed, "eve")


def test_an_email_may_be_sent_again_only_once_the_silence_means_something(world: World) -> None:
    run = escalated(world, "mail")
    with pytest.raises(NotToBeSentAgain, match="events of a later email"):
        ask(world, run, "eve", "mail")

    later = world.run(lead=world.lead("Max"))
    claim = world.sent(later, "mail", "0100-later")
    find(world, claim.message_id, claim.fence, callback("0100-later"))
    ask(world, run, "eve", "mail")
    ask(world, run, "ann", "mail")

    assert sweep(world) == Swept(settled=1)
    assert isinstance(world.claim(run, "mail"), Claimed)


def test_a_wish_is_not_settled_while_a_report_of_its_provider_waits_to_be_read(world: World) -> None:
    run = agreed(world)
    waiting = (
        "INSERT INTO inbox (id, source, dedupe_key, kind, state, sealed_with, sealed_body, token_hash) "
        "SELECT gen_random_uuid(), 'twilio', 'k', 'status', 'waiting', 'k1', '', token_hash FROM attempt"
    )
    world.rows(waiting)

    sweep(world)

    assert (wish(world)["result"], world.message(run)["state"]) == (None, "escalated")

    world.rows("UPDATE inbox SET state = 'done'")
    world.rows("UPDATE message SET next_check_at = NULL")
    sweep(world)

    assert wish(world)["result"] == "sent_again"
