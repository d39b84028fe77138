from uuid import UUID

from models.database.engine import transaction
from models.database.inbound.inbox import InboundText, receive_text
from models.sending import Claimed, Held, HoldReason, NotSent
from models.terms import OutreachOutcome
from tests.database.world import PHONE, World

STRANGER = "+13035550199"


def _another_client(world: World) -> UUID:
    world.rows("INSERT INTO client (id, key, name, time_zone, postal_address, phone) VALUES "
               "('00000000-0000-0000-0000-000000000001', 'b', 'B', 'America/Denver', '', '')")  # fmt: skip
    found: UUID = world.one("SELECT id FROM client WHERE key = 'b'")["id"]
    return found


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


def test_a_stop_is_consent_withdrawn_in_the_transaction_that_stores_it(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("STOP", provider_id="SM1")

    [stored] = world.rows("SELECT id, xmin FROM inbox")
    [revoked] = world.rows("SELECT evidence, xmin FROM consent WHERE status = 'revoked'")
    assert revoked["evidence"] == f"inbox/{stored['id']}"
    committed = world.one("SELECT (SELECT pg_xact_commit_timestamp(xmin) FROM consent WHERE status = 'revoked') = "
                          "(SELECT pg_xact_commit_timestamp(xmin) FROM reply) AS together")  # fmt: skip
    assert committed["together"]
    assert world.message(run, "again")["state"] == "suppressed"
    assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT
    assert world.tasks("answer_reply") == []  # nobody answers a STOP


def test_a_stop_that_is_rolled_back_leaves_nothing(world: World) -> None:
    run = world.run()

    with transaction(world.engine) as session:
        receive_text(session, world.ring, InboundText("SM1", PHONE, "STOP", None, b""))
        session.rollback()

    assert isinstance(world.claim(run), Claimed)
    assert world.text("STOP", provider_id="SM1")
    assert isinstance(world.claim(run, "again"), NotSent)


def test_a_stop_from_a_number_known_to_two_clients_opts_out_of_both(world: World) -> None:
    run = world.run()
    other_client = _another_client(world)
    world.lead("Lea", client=other_client)

    world.text("stop")

    revoked = world.rows("SELECT client_id FROM consent WHERE status = 'revoked'")
    assert {row["client_id"] for row in revoked} == {world.client, other_client}
    assert world.control.look(run).opted_out


def test_a_stop_ends_every_open_run_to_the_number(world: World) -> None:
    first, second = world.run(), world.run(lead=world.lead("Max"))
    for number, run in enumerate((first, second)):
        world.sent(run, provider_id=f"SM{number:032x}")
    world.rows("UPDATE message SET state = 'accepted' WHERE step = 'again'")
    before = {run: world.announced(run) for run in (first, second)}

    world.text("STOP")

    for run in (first, second):
        assert world.announced(run) > before[run]
        assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT


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
    world.run(lead=world.lead("Ida", client=_another_client(world)))  # asked for later, but it has texted nobody
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
    run, other = world.run(), world.run(lead=world.lead("Ida", client=_another_client(world)))
    _reached(world, run, 1, ago=1)
    texted_too = (
        "UPDATE message SET state = 'accepted', accepted_at = '2026-01-01' WHERE run_id = :run AND step = 'hello'"
    )
    world.rows(texted_too, run=other)

    world.text("How much is it?")

    assert world.control.look(other).ended_by is None


def test_a_wrong_number_is_opted_out_and_the_owner_corrects_the_lead(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("Wrong number")

    assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT
    [task] = world.tasks()
    assert (task["kind"], task["owner"], task["run_id"]) == ("wrong_number", "sam", run)


def test_a_doubtful_opt_out_holds_the_address_for_every_client_and_can_be_read_for_each(world: World) -> None:
    world.run()
    world.lead("Lea", client=_another_client(world))

    world.text("stpo")

    [stored] = world.rows("SELECT id FROM inbox")
    tasks = world.tasks("doubtful_opt_out")
    assert len({task["client_id"] for task in tasks}) == 2
    assert {task["evidence"]["inbox"] for task in tasks} == {str(stored["id"])}


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


def test_a_possible_opt_out_holds_the_address_until_a_person_has_read_it(world: World) -> None:
    run = world.run()

    world.text("stpo")

    other = world.claim(world.run(lead=world.lead("Max")))
    assert isinstance(other, Held)
    assert other.reason is HoldReason.DOUBTFUL_OPT_OUT
    [task] = world.tasks("doubtful_opt_out")
    assert task["owner"] == "sam"
    assert len(world.events("opt_out_in_doubt")) == 1
    assert isinstance(world.claim(run), NotSent)  # a person wrote, so this run is over


def test_start_after_stop_asks_for_messages_again(world: World) -> None:
    world.run()
    world.text("STOP")
    world.text("START")

    assert isinstance(world.claim(world.run(lead=world.lead("Max"))), Claimed)


def test_a_bare_yes_asks_for_messages_only_after_an_opt_out(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.text("yes")
    assert world.rows("SELECT * FROM consent WHERE source = 'start_word'") == []
    assert world.control.look(run).reply == "affirmative"

    world.text("STOP")
    world.text("yes")
    assert len(world.rows("SELECT * FROM consent WHERE source = 'start_word'")) == 1


def test_the_raw_request_is_sealed_and_no_event_holds_words_or_numbers(world: World) -> None:
    world.run()
    world.text("Call me at my secret number")

    [stored] = world.rows("SELECT sealed_with, sealed_body FROM inbox")
    assert stored["sealed_body"] != b"raw"
    assert world.ring.open(stored["sealed_with"], bytes(stored["sealed_body"])) == b"raw"
    events = str(world.rows("SELECT * FROM event"))
    assert "secret" not in events
    assert PHONE not in events
