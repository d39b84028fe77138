"""What a reply changes beyond its run."""

from datetime import UTC, datetime, timedelta

import pytest

from models.database.engine import transaction
from models.database.inbound.complaints import blocks_review_asks
from models.database.permission.lapsing import UnreviewedHolds
from models.sending import Claimed, Held, HoldReason, NotSent, NotSentReason
from models.terms import ConsentKind, OutreachOutcome
from tests.database.world import PHONE, World


def _make_overdue(world: World) -> None:
    world.rows("UPDATE consent SET lapses_at = clock_timestamp() - interval '1 second' WHERE status = 'held'")


def _due_in_hours(world: World, kind: str) -> float:
    [task] = world.tasks(kind)
    return float((task["due_at"] - task["opened_at"]).total_seconds() / 3600)


def test_a_possible_opt_out_holds_the_address_at_once_and_a_person_has_four_hours(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("too many messages")

    held = world.claim(world.run(lead=world.lead("Max")))
    assert isinstance(held, Held)
    assert held.reason is HoldReason.DOUBTFUL_OPT_OUT
    assert _due_in_hours(world, "doubtful_opt_out") == pytest.approx(4, abs=0.01)
    assert world.control.look(run).ended_by is OutreachOutcome.REPLIED


def test_a_hold_that_nobody_reviews_becomes_an_opt_out_by_itself_and_only_then(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.text("too many messages")
    other = world.run(lead=world.lead("Max"))
    holds = UnreviewedHolds(world.engine)
    assert holds.lapse() == 0

    _make_overdue(world)

    assert (holds.lapse(), holds.lapse()) == (1, 0)
    refused = world.claim(other)
    assert isinstance(refused, NotSent)
    assert refused.reason is NotSentReason.OPTED_OUT
    assert world.one("SELECT source FROM consent WHERE status = 'revoked'")["source"] == "unreviewed_hold"
    assert world.tasks("doubtful_opt_out") == []
    assert world.control.look(other).ended_by is OutreachOutcome.OPTED_OUT


def test_a_hold_lasts_one_business_day_of_the_client(world: World) -> None:
    world.sent(world.run())
    world.text("too many messages")

    [hold] = world.rows("SELECT at, lapses_at FROM consent WHERE status = 'held'")
    assert timedelta(hours=22) < hold["lapses_at"] - hold["at"] < timedelta(hours=74)


def test_a_hold_that_a_person_has_released_never_lapses(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.text("too many messages")
    world.rows("INSERT INTO consent (client_id, channel, address_hash, status, kind, source, wording_version, evidence, "
               "actor) SELECT client_id, channel, address_hash, 'released', 0, 'staff', '', '', 'sam' FROM consent "
               "WHERE status = 'held'")  # fmt: skip
    _make_overdue(world)

    assert UnreviewedHolds(world.engine).lapse() == 0


def test_a_wrong_number_is_taken_from_every_lead_of_the_client(world: World) -> None:
    run = world.run()
    world.lead("Max")
    world.sent(run)

    world.text("Sorry, wrong number")

    assert {row["phone"] for row in world.rows("SELECT phone FROM lead")} == {""}
    [unlinked] = world.events("phone_unlinked")
    assert len(unlinked["facts"]["leads"]) == 2
    assert PHONE not in str(unlinked)
    assert world.one("SELECT count(*) AS n FROM consent WHERE status = 'revoked'")["n"] == 1
    assert world.text("I said wrong number")  # the sender is still known by what was sent there
    assert world.tasks("unknown_sender") == []


@pytest.mark.parametrize(("words", "kind"), [("worst service ever", "complaint"), ("I will sue you", "legal_threat")])
def test_a_complaint_or_threat_is_escalated_and_no_review_is_asked_for_until_it_is_settled(
    world: World, words: str, kind: str
) -> None:
    lead = world.lead()
    again = world.lead("Lea")  # the same person, entered twice
    world.sent(world.run(lead=lead))

    world.text(words)

    [task] = world.tasks(kind)
    assert task["owner"] == "eve"
    assert _due_in_hours(world, kind) == pytest.approx(4, abs=0.01)
    with transaction(world.engine) as session:
        assert blocks_review_asks(session, world.client, lead)
        assert blocks_review_asks(session, world.client, again)
    world.rows("UPDATE owner_task SET closed_at = clock_timestamp() WHERE kind = :kind", kind=kind)
    with transaction(world.engine) as session:
        assert not blocks_review_asks(session, world.client, lead)


@pytest.mark.parametrize(
    ("words", "disposition"),
    [
        ("we already hired someone", "lost:hired_other"),
        ("too expensive for me", "lost:price"),
        ("No thanks", "lost:not_interested"),
        ("I live too far away, out of your area", "lost:out_of_area"),
        ("Ya contratamos a otra persona", "lost:hired_other"),
        ("está muy caro", "lost:price"),
        ("wrong number", "lost:wrong_number"),
        ("How much is it?", "replied"),
        ("STOP", "suppressed"),
    ],
)
def test_a_reply_says_what_becomes_of_the_lead_and_the_end_of_the_run_leaves_it(
    world: World, words: str, disposition: str
) -> None:
    run = world.run()
    world.sent(run)

    world.text(words)
    assert world.one("SELECT disposition FROM lead")["disposition"] == disposition

    ended = world.control.look(run).ended_by
    assert ended is not None
    world.control.close(run, ended)
    assert world.one("SELECT disposition FROM lead")["disposition"] == disposition


def test_an_automatic_reply_with_a_date_holds_the_run_until_then_and_nothing_gets_stale(world: World) -> None:
    run = world.run()
    world.sent(run)
    world.rows("UPDATE message SET lifetime = interval '1 hour', expires_at = clock_timestamp() + interval '1 hour' "
               "WHERE step = 'again'")  # fmt: skip

    world.text(_away_for(days=20))

    assert world.control.look(run).ended_by is None
    held = world.claim(run, "again")
    assert isinstance(held, Held)
    assert held.reason is HoldReason.AWAY
    assert held.until is not None
    assert timedelta(days=18) < held.until - datetime.now(UTC) < timedelta(days=21)
    assert world.message(run, "again")["expires_at"] > held.until
    [noted] = world.events("absence_noted")
    assert noted["run_id"] == run

    world.rows("UPDATE run SET away_until = clock_timestamp()")
    assert isinstance(world.claim(run, "again"), Claimed)


def _away_for(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):I am out of the office until %B %d, %Y}"


@pytest.mark.parametrize(
    "words", ["I'm driving with Do Not Disturb turned on. I'll see your message later.", "👍 to “Hi”"]
)
def test_a_machine_that_names_no_date_and_a_reaction_are_recorded_only(world: World, words: str) -> None:
    run = world.run()
    world.sent(run)

    world.text(words)

    assert world.control.look(run).ended_by is None
    assert isinstance(world.claim(run, "again"), Claimed)
    assert world.one("SELECT ends_automation FROM reply")["ends_automation"] is False
    assert world.tasks() == []


def test_help_ends_the_automation_as_every_reply_of_a_person_does(world: World) -> None:
    run = world.run()
    world.sent(run)

    world.text("HELP")

    assert world.control.look(run).ended_by is OutreachOutcome.REPLIED
    assert len(world.tasks("answer_reply")) == 1


@pytest.mark.parametrize(
    ("words", "channels"),
    [("STOP", {"sms"}), ("stop texting me", {"sms"}), ("do not contact me again", {"sms", "email"}),
     ("Bórrenme de su lista", {"sms", "email"}), ("take me off your list", {"sms", "email"})],
)  # fmt: skip
def test_a_sentence_about_all_contact_covers_every_channel_of_the_brand(
    world: World, words: str, channels: set[str]
) -> None:
    world.sent(world.run())
    world.text(words)

    revoked = world.rows("SELECT channel, scope, seller, client_id FROM consent WHERE status = 'revoked'")
    assert {row["channel"] for row in revoked} == channels
    assert {row["seller"] for row in revoked} == {"Acme Plumbing"}
    assert {row["scope"] for row in revoked} == {"brand" if len(channels) == 2 else "channel"}


def test_only_an_own_event_brings_permission_back(world: World) -> None:
    run = world.run()
    world.text("do not contact me again")
    world.grant(ConsentKind.PROMOTIONAL, source="form")

    refused = world.claim(run)
    assert isinstance(refused, NotSent)
