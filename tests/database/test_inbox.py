"""What a text does that comes in: which runs it ends, and who is asked to answer it."""

from uuid import UUID

from models.sending import Claimed, NotSent
from models.terms import OutreachOutcome
from tests.database.world import PHONE, World

STRANGER = "+13035550199"


def test_the_same_message_id_is_taken_in_once(world: World) -> None:
    run = world.run()
    world.sent(run)
    before = world.announced(run)

    assert world.text("yes please", provider_id="SM1")
    assert not world.text("yes please", provider_id="SM1")

    assert len(world.rows("SELECT * FROM reply")) == 1
    assert len(world.events("reply_received")) == 1
    assert world.announced(run) == before + 1


def test_a_reply_ends_the_automation_and_a_person_answers(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("How much is it?")

    situation = world.control.look(run)
    assert situation.ended_by is OutreachOutcome.REPLIED
    [task] = world.tasks("answer_reply")
    assert (task["owner"], task["run_id"]) == ("sam", run)
    assert isinstance(world.claim(run, "again"), NotSent)


def _reached(world: World, run: UUID, number: int, ago: int) -> None:
    """Let a message of a run be accepted, so many hours ago."""
    world.sent(run, provider_id=f"SM{number:032x}")
    world.rows(
        "UPDATE message SET accepted_at = clock_timestamp() - make_interval(hours => :ago) WHERE run_id = :run "
        "AND accepted_at IS NOT NULL",
        run=run,
        ago=ago,
    )


def test_a_reply_answers_the_run_whose_message_arrived_last(world: World) -> None:
    earlier, later = world.run(), world.run(lead=world.lead("Max"))
    _reached(world, earlier, 1, ago=5)
    _reached(world, later, 2, ago=1)
    world.run(lead=world.lead("Ida", client=world.another_client()))  # asked for later, but it has texted nobody
    world.control.close(later, OutreachOutcome.NO_RESPONSE)

    world.text("How much is it?")

    [task] = world.tasks("answer_reply")
    assert task["run_id"] == later


def test_a_reply_ends_every_open_run_of_the_client_that_texted_the_number(world: World) -> None:
    runs = [world.run(), world.run(lead=world.lead("Max"))]
    for number, run in enumerate(runs):
        _reached(world, run, number, ago=number)
    before = {run: world.announced(run) for run in runs}

    world.text("How much is it?")

    for run in runs:
        assert world.control.look(run).ended_by is OutreachOutcome.REPLIED
        assert isinstance(world.claim(run, "again"), NotSent)
        assert world.announced(run) > before[run]
    assert len(world.tasks("answer_reply")) == 1
    assert {row["run_id"] for row in world.events("reply_received")} == set(runs)


def test_a_reply_to_one_client_leaves_the_runs_of_another_alone(world: World) -> None:
    run, other = world.run(), world.run(lead=world.lead("Ida", client=world.another_client()))
    _reached(world, run, 1, ago=1)
    texted_too = (
        "UPDATE message SET state = 'accepted', accepted_at = '2026-01-01' WHERE run_id = :run AND step = 'hello'"
    )
    world.rows(texted_too, run=other)

    world.text("How much is it?")

    assert world.control.look(other).ended_by is None


def test_a_text_from_an_unknown_number_is_kept_for_a_person(world: World) -> None:
    assert world.text("Who is this?", sender=STRANGER)

    assert [row["state"] for row in world.rows("SELECT state FROM inbox")] == ["orphan"]
    [task] = world.tasks("inbound_unmatched")
    assert task["owner"] == "sales-ops"
    assert len(world.events("inbound_unmatched")) == 1


def test_a_reply_to_a_run_that_has_ended_is_a_task(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.control.close(run, OutreachOutcome.NO_RESPONSE)

    world.text("Sorry, only saw this now. Yes!")

    [task] = world.tasks("answer_reply")
    assert task["instruction"] == "A reply came after the sequence had ended. Answer it."
    assert world.one("SELECT outcome FROM run WHERE id = :run", run=run)["outcome"] == "no_response"


def test_a_reaction_does_not_end_the_automation(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("Liked “Hello”")

    assert world.control.look(run).ended_by is None
    assert world.tasks() == []
    assert isinstance(world.claim(run, "again"), Claimed)


def test_the_raw_request_is_sealed_and_no_event_holds_words_or_numbers(world: World) -> None:
    world.run()
    world.text("Call me at my secret number")

    [stored] = world.rows("SELECT sealed_with, sealed_body FROM inbox")
    assert stored["sealed_body"] != b"raw"
    assert world.ring.open(stored["sealed_with"], bytes(stored["sealed_body"])) == b"raw"
    events = str(world.rows("SELECT * FROM event"))
    assert "secret" not in events
    assert PHONE not in events


def test_a_reply_also_ends_a_run_that_has_not_written_to_the_person_yet(world: World) -> None:
    run, waiting = world.run(), world.run(lead=world.lead("Max"))
    _reached(world, run, 1, ago=1)

    world.text("How much is it?")

    assert world.control.look(waiting).ended_by is OutreachOutcome.REPLIED
    assert isinstance(world.claim(waiting), NotSent)
    assert len(world.tasks("answer_reply")) == 1
