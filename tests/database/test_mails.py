"""Answers to emails: known by the address they came to, read and taken in like texts."""

from uuid import UUID, uuid4

import pytest

from models.database.engine import transaction
from models.database.inbound.mails import receive_mail
from models.reply_addresses import MailPurpose
from models.sending import Held, NotSent
from models.terms import OutreachOutcome
from tests.database.mails import DOMAIN, a_notification
from tests.database.world import EMAIL, KEY, World

QUOTED = "\n\nOn Mon, Nov 16, 2026 Acme <desk@example.com> wrote:\n> Hello\n> Unsubscribe: https://example.com/u/1\n"


@pytest.fixture
def run(world: World) -> UUID:
    run = world.run()
    world.sent(run, "mail", provider_id="0100")
    return run


def _comes(world: World, message: str, envelope: str | None = None) -> bool:
    with transaction(world.engine) as session:
        return receive_mail(session, world.ring, KEY, envelope or str(uuid4()), message)


def test_an_answer_ends_the_automation_and_only_its_new_text_is_read(world: World, run: UUID) -> None:
    assert _comes(world, a_notification(world, run, f"Can you come on Tuesday?{QUOTED}"))

    assert world.control.look(run).ended_by is OutreachOutcome.REPLIED
    reply = world.one("SELECT channel, label, body FROM reply")
    assert (reply["channel"], reply["label"], reply["body"]) == ("email", "booking", "Can you come on Tuesday?")
    assert len(world.tasks("answer_reply")) == 1
    assert world.one("SELECT state, kind FROM inbox")["kind"] == "mail"


def test_the_same_mail_is_taken_in_once(world: World, run: UUID) -> None:
    message = a_notification(world, run, "Yes please")

    assert _comes(world, message, "envelope-1")
    assert not _comes(world, message, "envelope-1")
    assert world.one("SELECT count(*) AS n FROM reply")["n"] == 1


def test_an_opt_out_by_mail_counts_at_once(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, f"Stop emailing me{QUOTED}"))

    revoked = world.one("SELECT channel, address_hash, source FROM consent WHERE status = 'revoked'")
    assert (revoked["channel"], revoked["source"]) == ("email", "reply")
    assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT


def test_a_sentence_about_all_contact_in_a_mail_stops_texts_too(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "Please do not contact me again, not by text either."))

    assert {row["channel"] for row in world.rows("SELECT channel FROM consent WHERE status = 'revoked'")} == {
        "sms",
        "email",
    }
    assert isinstance(world.claim(world.run(lead=world.lead("Max"))), NotSent)


def test_a_mail_to_the_unsubscribe_address_opts_out_whatever_it_says(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "", purpose=MailPurpose.UNSUBSCRIBE))

    assert world.one("SELECT source FROM consent WHERE status = 'revoked'")["source"] == "mail"


def test_an_html_only_mail_is_read_without_what_it_quotes(world: World, run: UUID) -> None:
    page = '<p>We hired someone else</p><div class="gmail_quote"><blockquote>Unsubscribe</blockquote></div>'
    message = a_notification(world, run, "", html=page).replace("text/plain", "application/x-other")
    _comes(world, message)

    assert world.one("SELECT label FROM reply")["label"] == "already_hired"


@pytest.mark.parametrize(
    "headers", [{"Auto-Submitted": "auto-replied"}, {"Precedence": "auto_reply"}, {"X-Autoreply": "yes"}]
)
def test_a_machine_that_answers_changes_nothing(world: World, run: UUID, headers: dict[str, str]) -> None:
    _comes(world, a_notification(world, run, "Your message is important to us.", headers=headers))

    assert world.control.look(run).ended_by is None
    assert world.one("SELECT label FROM reply")["label"] == "auto_reply"
    assert world.tasks() == []


def test_a_bounce_is_never_a_reply(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "Undeliverable. Stop.", sender="mailer-daemon@mail.example"))

    assert world.rows("SELECT * FROM reply") == []
    assert [event["reason"] for event in world.events("mail_ignored")] == ["bounce"]


def test_a_virus_is_kept_and_not_read(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "Yes please", verdicts={"virusVerdict": "FAIL"}))

    assert world.rows("SELECT * FROM reply") == []
    assert len(world.events("mail_ignored")) == 1


def test_spam_goes_to_a_person_but_an_opt_out_in_it_counts(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "Buy gold", verdicts={"spamVerdict": "FAIL"}))
    assert len(world.tasks("inbound_mail_unmatched")) == 1
    assert world.control.look(run).ended_by is None

    _comes(world, a_notification(world, run, "unsubscribe", verdicts={"spamVerdict": "FAIL"}))
    assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT


@pytest.mark.parametrize("to", [f"reply+{'a' * 36}@{DOMAIN}", f"hello@{DOMAIN}", "reply+short@x.example"])
def test_a_mail_to_an_address_that_is_not_ours_goes_to_a_person(world: World, run: UUID, to: str) -> None:
    _comes(world, a_notification(world, run, "Yes, come on Tuesday", to=to, sender="stranger@customer.example"))

    assert world.one("SELECT state FROM inbox")["state"] == "orphan"
    assert len(world.tasks("inbound_mail_unmatched")) == 1


def test_an_opt_out_from_a_known_sender_counts_whatever_address_it_came_to(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "take me off your list", to=f"hello@{DOMAIN}"))

    assert world.control.look(run).ended_by is OutreachOutcome.OPTED_OUT
    assert world.one("SELECT state FROM inbox")["state"] == "orphan"  # a person reads it all the same


def test_a_doubtful_mail_holds_the_address(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "too many emails"))

    held = world.claim(world.run(lead=world.lead("Max")), "mail")
    assert isinstance(held, Held)


@pytest.mark.parametrize(
    "message", ['{"notificationType": "Received"}', '{"notificationType": "Received", "receipt": {}, "content": 1}']
)
def test_what_cannot_be_read_is_kept_for_an_engineer(world: World, message: str) -> None:
    assert _comes(world, message)

    assert world.one("SELECT state FROM inbox")["state"] == "poison"
    assert len(world.tasks("inbound_poison")) == 1


def test_what_came_in_is_stored_sealed(world: World, run: UUID) -> None:
    _comes(world, a_notification(world, run, "Yes please"))

    assert EMAIL.encode() not in bytes(world.one("SELECT sealed_body FROM inbox")["sealed_body"])
