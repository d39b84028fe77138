import pytest

from models.database.engine import transaction
from models.database.permission import consent, consent_desk
from models.database.permission.consent import Proof
from models.sending import Claimed, Held, HoldReason, NotSent, NotSentReason
from models.terms import ConsentKind
from tests.database.world import PHONE, World

READ_IT = Proof("person", "eve")


def test_an_opt_out_suppresses_what_was_planned_to_the_address_in_every_run(world: World) -> None:
    run, other = world.run(), world.run(lead=world.lead("Max"))
    claim = world.claimed(run)

    done = world.opt_out()

    assert set(done.suppressed) == {
        world.message(run, "again")["id"],
        world.message(other)["id"],
        world.message(other, "again")["id"],
    }
    assert done.in_flight == (claim.message_id,)
    assert set(done.runs) == {run, other}
    assert world.message(run, "mail")["state"] == "ready"
    told = world.events("opted_out")
    assert {event["run_id"] for event in told} == {run, other}
    facts = {"scope": "channel", "suppressed": 3, "in_flight": [str(claim.message_id)]}
    assert [event["facts"] for event in told] == [facts, facts]
    result = world.claim(other)
    assert isinstance(result, NotSent)
    assert result.reason is NotSentReason.OPTED_OUT


def test_an_opt_out_names_open_runs_that_have_nothing_left_to_send(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.rows("UPDATE message SET state = 'accepted' WHERE step = 'again'")

    assert world.opt_out().runs == (run,)


def test_an_opt_out_of_one_client_is_no_opt_out_of_another(world: World) -> None:
    with transaction(world.engine) as session:
        consent.opt_out(session, world.address(client=world.another_client()), READ_IT)

    assert isinstance(world.claim(world.run()), Claimed)


@pytest.mark.parametrize("source", ["form", "call", "import"])
def test_a_form_does_not_undo_an_opt_out(world: World, source: str) -> None:
    run = world.run()
    world.opt_out()
    world.grant(ConsentKind.PROMOTIONAL, source=source)
    later = world.run(lead=world.lead("Max"))

    assert isinstance(world.claim(run), NotSent)
    assert isinstance(world.claim(later), NotSent)


@pytest.mark.parametrize("source", consent.REOPENING_SOURCES)
def test_the_persons_own_word_undoes_an_opt_out(world: World, source: str) -> None:
    world.run()
    world.opt_out()
    world.grant(ConsentKind.CONVERSATIONAL, source=source)
    later = world.run(lead=world.lead("Max"))

    assert isinstance(world.claim(later), Claimed)


def test_an_opt_out_after_a_start_word_counts(world: World) -> None:
    world.opt_out()
    world.grant(ConsentKind.CONVERSATIONAL, source="start_word")
    world.opt_out()

    assert isinstance(world.claim(world.run()), NotSent)


def test_a_start_word_brings_back_no_more_than_it_says(world: World) -> None:
    world.grant(ConsentKind.PROMOTIONAL)
    world.opt_out()
    world.grant(ConsentKind.CONVERSATIONAL, source="start_word")
    run = world.request()
    world.plan(run)

    refused = world.claim(run, "again")  # needs informational consent
    assert isinstance(refused, NotSent)
    assert refused.reason is NotSentReason.NO_CONSENT
    assert isinstance(world.claim(run), Claimed)


def test_a_doubtful_opt_out_holds_until_a_person_releases_it(world: World) -> None:
    run = world.run()
    with transaction(world.engine) as session:
        consent.hold(session, world.address(), READ_IT)
    held = world.claim(run)
    assert isinstance(held, Held)
    assert held.reason is HoldReason.DOUBTFUL_OPT_OUT
    before = world.announced(run)

    with transaction(world.engine) as session:
        consent_desk.release(session, world.address(), READ_IT)

    assert world.announced(run) == before + 1
    assert isinstance(world.claim(run), Claimed)


def test_a_hold_after_a_release_holds_again(world: World) -> None:
    run = world.run()
    with transaction(world.engine) as session:
        for act in (consent.hold, consent.release, consent.hold):
            act(session, world.address(), READ_IT)

    assert isinstance(world.claim(run), Held)


def test_releasing_a_hold_does_not_undo_an_opt_out(world: World) -> None:
    run = world.run()
    with transaction(world.engine) as session:
        consent.hold(session, world.address(), READ_IT)
        consent.opt_out(session, world.address(), READ_IT)
        consent.release(session, world.address(), READ_IT)

    assert isinstance(world.claim(run), NotSent)


def test_nothing_about_consent_is_ever_deleted_and_no_address_is_stored_plain(world: World) -> None:
    world.run()
    world.opt_out()
    world.grant(ConsentKind.CONVERSATIONAL, source="start_word")

    rows = world.rows("SELECT * FROM consent ORDER BY id")
    assert [row["status"] for row in rows] == ["granted", "granted", "revoked", "granted"]
    assert PHONE not in str(rows)
