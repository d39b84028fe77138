from datetime import datetime, timedelta

import pytest

from activities.reconciling import Swept
from models.provider_answers import lost_answer
from models.reconciling import Listed, Look, Trace
from models.sending import InDoubt, Sent
from tests.database.doubts import OTHER_SID, SID, in_doubt, listed, sweep
from tests.database.world import PHONE, World


def test_a_call_whose_worker_never_reported_becomes_unknown_when_its_lease_is_over(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    assert world.reconciliation.end_leases() == 0
    world.make_due(run)

    assert world.reconciliation.end_leases() == 1

    assert world.claim(run) == InDoubt(message_id=claim.message_id)
    assert [(a["outcome"], a["reason"]) for a in world.attempts(run)] == [("unknown", "lease_over")]
    assert world.message(run)["next_check_at"] is not None
    assert world.reconciliation.end_leases() == 0


def test_one_match_in_the_providers_list_is_the_message(world: World) -> None:
    run = in_doubt(world)
    before = world.announced(run)

    assert sweep(world, listed(world, run)) == Swept(found=1)

    assert world.claim(run) == Sent(message_id=world.message(run)["id"])
    assert world.message(run)["provider_message_id"] == SID
    assert world.announced(run) == before + 1


def test_two_matches_are_never_guessed_among(world: World) -> None:
    run = in_doubt(world)

    assert sweep(world, listed(world, run), listed(world, run, OTHER_SID)) == Swept(given_to_person=1)

    message = world.message(run)
    assert (message["state"], message["provider_message_id"], message["next_check_at"]) == ("escalated", None, None)
    [task] = world.tasks("message_in_doubt")
    assert (task["owner"], task["evidence"]["seen"]) == ("eve", Trace.SEVERAL)


def test_a_listed_message_that_is_bound_to_another_is_no_match(world: World) -> None:
    run = world.run()
    world.sent(run, provider_id=SID)
    twin = world.run(lead=world.lead("Max"))
    world.ledger.record(world.claimed(twin), lost_answer("ReadTimeout"))
    world.make_due(twin)
    body = world.message(twin)["body"]

    swept = sweep(world, listed(world, twin, SID, body), listed(world, twin, OTHER_SID, body))

    assert swept == Swept(found=1)
    assert world.message(twin)["provider_message_id"] == OTHER_SID


def test_other_words_or_another_time_are_no_match(world: World) -> None:
    run = in_doubt(world)
    long_ago = Listed(SID, PHONE, world.message(run)["body"], datetime.fromisoformat("2026-01-01T00:00:00+00:00"))

    assert sweep(world, listed(world, run, body="Something else"), long_ago) == Swept()


def test_a_message_that_no_check_finds_is_given_to_the_escalation_owner(world: World) -> None:
    run = in_doubt(world)
    checks = len(world.timers.checks)

    swept = []
    for _ in range(checks):
        swept.append(sweep(world))
        assert sweep(world) == Swept()  # not due before the next check
        world.make_due(run)

    assert swept == [Swept()] * (checks - 1) + [Swept(given_to_person=1)]
    assert world.message(run)["state"] == "escalated"
    [task] = world.tasks("message_in_doubt")
    assert (task["owner"], task["message_id"]) == ("eve", world.message(run)["id"])
    assert len(world.events("message_escalated")) == 1
    assert isinstance(world.claim(run), InDoubt)
    assert sweep(world) == Swept()


def test_checks_are_spaced_as_set_counted_from_the_end_of_the_lease(world: World) -> None:
    in_doubt(world)
    sweep(world)

    due = world.one("SELECT next_check_at - lease_until AS after FROM message WHERE state = 'unknown'")["after"]

    assert due == timedelta(seconds=120)


def test_a_provider_that_cannot_be_asked_costs_no_check(world: World) -> None:
    run = in_doubt(world)

    assert sweep(world, down=True) == Swept()

    message = world.message(run)
    assert (message["state"], message["checks_done"]) == ("unknown", 0)
    assert message["next_check_at"] is not None


def test_two_reconcilers_do_not_look_up_the_same_message(world: World) -> None:
    in_doubt(world)

    assert len(world.reconciliation.due()) == 1
    assert world.reconciliation.due() == []


def test_evidence_that_comes_after_the_escalation_closes_the_task(world: World) -> None:
    run = in_doubt(world)
    [doubt] = world.reconciliation.due()
    assert world.reconciliation.not_found(doubt, Look(Trace.SEVERAL))

    world.reconciliation.found(doubt, SID)

    assert world.message(run)["state"] == "accepted"
    assert world.tasks("message_in_doubt") == []
    assert [row["reason"] for row in world.events("task_closed")] == ["message_in_doubt"]


def test_a_message_that_was_resolved_meanwhile_is_not_escalated(world: World) -> None:
    run = in_doubt(world)
    [doubt] = world.reconciliation.due()
    world.reconciliation.found(doubt, SID)

    assert not world.reconciliation.not_found(doubt, Look(Trace.SEVERAL))
    assert world.message(run)["state"] == "accepted"
    assert world.tasks() == []


@pytest.mark.parametrize("ends", ["stop", "opt_out"])
def test_a_doubt_outlives_what_ends_the_run(world: World, ends: str) -> None:
    run = in_doubt(world)
    _ = world.stop(run) if ends == "stop" else world.opt_out()

    assert sweep(world, listed(world, run)) == Swept(found=1)
    assert world.message(run)["state"] == "accepted"
