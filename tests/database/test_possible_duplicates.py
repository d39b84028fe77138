"""The same text to the same address, or a message again: when it waits for a person, and when it may go."""

from models.identity import callback_token
from models.provider_answers import lost_answer
from models.sending import Claimed, Held, HoldReason
from tests.database.world import KEY, World


def test_the_same_text_does_not_go_twice_to_one_address_within_a_day(world: World) -> None:
    first, twice = world.run(lead=world.lead("Lea")), world.run(lead=world.lead("Lea"))
    world.sent(first)

    held = world.claim(twice)

    assert isinstance(held, Held)
    assert held.reason is HoldReason.POSSIBLE_DUPLICATE
    assert [task["subject"] for task in world.tasks("possible_duplicate")] == [str(held.message_id)]


def test_a_possible_duplicate_waits_for_a_person_however_long_and_leaves_when_the_task_is_closed(world: World) -> None:
    first, twice = world.run(lead=world.lead("Lea")), world.run(lead=world.lead("Lea"))
    world.sent(first)
    world.claim(twice)
    world.rows("UPDATE message SET accepted_at = accepted_at - interval '25 hours' WHERE run_id = :run", run=first)
    assert isinstance(world.claim(twice), Held)

    world.rows("UPDATE owner_task SET closed_at = clock_timestamp() WHERE kind = 'possible_duplicate'")
    assert isinstance(world.claim(twice), Claimed)


def test_the_same_text_may_go_again_after_a_day(world: World) -> None:
    first, later = world.run(lead=world.lead("Lea")), world.run(lead=world.lead("Lea"))
    world.sent(first)
    world.rows("UPDATE message SET accepted_at = accepted_at - interval '25 hours' WHERE run_id = :run", run=first)

    assert isinstance(world.claim(later), Claimed)


def test_the_same_text_in_doubt_since_moments_counts_although_it_was_planned_days_ago(world: World) -> None:
    first, twice = world.run(lead=world.lead("Lea")), world.run(lead=world.lead("Lea"))
    world.claimed(first)
    world.rows("UPDATE message SET planned_at = planned_at - interval '2 days' WHERE run_id = :run", run=first)

    assert isinstance(world.claim(twice), Held)


def test_a_message_in_doubt_cannot_be_repeated_under_the_next_occurrence(world: World) -> None:
    run = world.run()
    world.ledger.record(world.claimed(run), lost_answer("ReadTimeout"))

    again = world.claim(run, occurrence=2)

    assert isinstance(again, Held)
    assert again.reason is HoldReason.POSSIBLE_DUPLICATE


def test_a_message_that_failed_on_its_way_may_be_repeated_once_more(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.rows("UPDATE message SET delivery = 'undelivered', failure_class = 'transient' WHERE step = 'hello'")

    again = world.claimed(run, occurrence=2)

    assert again.message_id != world.message(run)["id"]
    assert again.envelope.body == world.message(run)["body"]
    assert again.envelope.token != callback_token(KEY, world.message(run)["id"], 1)
