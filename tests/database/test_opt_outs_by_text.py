"""What the words of a text do to consent: STOP, START, a wrong number, and what may have been meant as a STOP."""

from models.database.engine import transaction
from models.database.inbound.inbox import InboundText, receive_text
from models.sending import Claimed, Held, HoldReason, NotSent
from models.terms import OutreachOutcome
from tests.database.world import PHONE, World


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
    other_client = world.another_client()
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


def test_a_wrong_number_is_opted_out_and_the_owner_corrects_the_lead(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("Wrong number")

    assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT
    [task] = world.tasks()
    assert (task["kind"], task["owner"], task["run_id"]) == ("wrong_number", "sam", run)


def test_a_doubtful_opt_out_holds_the_address_for_every_client_and_can_be_read_for_each(world: World) -> None:
    world.run()
    world.lead("Lea", client=world.another_client())

    world.text("stpo")

    [stored] = world.rows("SELECT id FROM inbox")
    tasks = world.tasks("doubtful_opt_out")
    assert len({task["client_id"] for task in tasks}) == 2
    assert {task["evidence"]["inbox"] for task in tasks} == {str(stored["id"])}


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
