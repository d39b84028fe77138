import pytest

from models.delivery import Delivery
from models.errors import TryAgain
from models.provider_answers import Answer, lost_answer, no_connection, twilio_answer
from models.sending import Sent
from tests.database.doubts import OTHER_SID, SID
from tests.database.findings import callback, find
from tests.database.world import World, accepted


@pytest.mark.parametrize("late", [lost_answer("ReadTimeout"), no_connection("ConnectError"), twilio_answer(400, 21211)])
def test_a_fenced_workers_late_record_changes_nothing(world: World, late: Answer) -> None:
    run = world.run()
    old = world.claimed(run)
    world.ledger.record(old, no_connection("ConnectError"))
    new = world.claimed(run)

    with pytest.raises(TryAgain):
        world.ledger.record(old, late)

    message = world.message(run)
    assert (message["state"], message["fence"]) == ("dispatching", new.fence)
    assert [attempt["outcome"] for attempt in world.attempts(run)] == ["not_accepted", None]
    said = "SELECT count(*) AS n FROM evidence WHERE fence = :fence"
    assert world.one(said, fence=old.fence)["n"] == 2, "what the old worker says is kept all the same"
    assert world.ledger.record(new, accepted()) == Sent(message_id=new.message_id)


def test_a_definite_no_that_comes_after_the_lease_resolves_the_doubt_and_tells_the_run(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.make_due(run)
    world.reconciliation.end_leases()
    assert world.message(run)["state"] == "unknown"
    before = world.announced(run)

    world.ledger.record(claim, no_connection("ConnectError"))

    assert world.message(run)["state"] == "ready"
    assert world.announced(run) == before + 1


def test_a_late_acceptance_beside_a_newer_attempt_is_a_conflict_for_a_person(world: World) -> None:
    run = world.run()
    old = world.claimed(run)
    world.ledger.record(old, no_connection("ConnectError"))
    new = world.claimed(run)

    find(world, old.message_id, old.fence, callback())

    assert world.message(run)["state"] == "dispatching"
    assert [attempt["outcome"] for attempt in world.attempts(run)] == ["not_accepted", None]
    assert len(world.events("conflicting_evidence")) == 1
    [task] = world.tasks("conflicting_evidence")
    assert task["evidence"]["provider_message_id"] == SID
    assert world.message(run)["delivery"] is None  # what is said of the other attempt is not said of this one
    assert world.ledger.record(new, accepted(OTHER_SID)) == Sent(message_id=new.message_id)
    assert world.message(run)["provider_message_id"] == OTHER_SID


def test_a_late_acceptance_without_a_newer_attempt_counts_and_a_person_compares(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    world.ledger.record(claim, twilio_answer(400, 21211))

    find(world, claim.message_id, claim.fence, callback())

    message = world.message(run)
    assert (message["state"], message["failure_class"], message["reason"]) == ("accepted", None, None)
    assert len(world.tasks("conflicting_evidence")) == 1
    assert world.claim(run) == Sent(message_id=claim.message_id)


def test_a_provider_id_that_is_bound_to_another_message_is_a_conflict(world: World) -> None:
    world.sent(world.run(), provider_id=SID)
    run = world.run(lead=world.lead("Max"))
    claim = world.claimed(run)

    find(world, claim.message_id, claim.fence, callback(SID, Delivery.DELIVERED))

    message = world.message(run)
    assert (message["state"], message["provider_message_id"], message["delivery"]) == ("dispatching", None, None)
    assert [task["subject"] for task in world.tasks("conflicting_evidence")] == [str(claim.message_id)]
    assert len(world.rows("SELECT * FROM evidence WHERE message_id = :id", id=claim.message_id)) == 1


def test_a_second_provider_id_for_one_message_is_a_conflict(world: World) -> None:
    run = world.run()
    claim = world.sent(run, provider_id=SID)

    find(world, claim.message_id, claim.fence, callback(OTHER_SID))

    assert world.message(run)["provider_message_id"] == SID
    assert len(world.tasks("conflicting_evidence")) == 1
