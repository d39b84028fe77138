"""A report or a notice goes to several people at a client: what one of them answers concerns that person only."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database import client_contacts, runs
from models.database.engine import transaction
from models.database.sending import planning
from models.database.tables.people import ClientContact
from models.database.tables.runs import Run
from models.enrollment import DraftMessage
from models.identity import content_hash
from models.sending import NotSent, NotSentReason
from models.terms import Channel, ConsentKind, MessageState, RunKind, RunState
from tests.database.texts import TEXTS
from tests.database.world import HERE, World

PAT, KIM = "+13035550177", "+13035550188"


@pytest.fixture
def notice(world: World) -> UUID:
    """A notice about an incident that has gone to Pat by SMS and is about to go to Kim."""
    with transaction(world.engine) as session:
        run = Run(
            kind=RunKind.INCIDENT_NOTICE,
            client_id=world.client,
            owner="sam",
            escalation_owner="eve",
            requested_by="sam",
            rollback_path="",
            state=RunState.SENDING,
        )
        run_id = runs.request(session, run, "sam", "notice", "body")
        for position, phone in enumerate((PAT, KIM)):
            contact = ClientContact(client_id=world.client, name="Pat", email=f"p{position}@acme.example", phone=phone)
            client_contacts.enter(session, contact, "agreement/1", HERE)
            recipient = client_contacts.recipient(contact, Channel.SMS, "America/Denver")
            assert recipient is not None
            template = next(text for text in TEXTS if text.channel is Channel.SMS)
            draft = DraftMessage(
                step=f"notice-{position}",
                position=position,
                channel=Channel.SMS,
                recipient=recipient,
                consent_needed=ConsentKind.INFORMATIONAL,
                immediate=False,
                subject="",
                body=f"Notice {position}",
                content_hash=content_hash("", f"Notice {position}"),
                approved_hash=template.content_hash,
                lifetime=timedelta(hours=4),
            )
            planning.plan(session, run, draft, MessageState.READY)
    world.sent(run_id, "notice-0")
    return run_id


def test_an_answer_goes_to_a_person_and_the_run_goes_on(world: World, notice: UUID) -> None:
    world.text("Thanks, when will it be fixed?", PAT)

    assert world.control.look(notice).ended_by is None
    tasks = world.rows("SELECT owner, run_id, instruction FROM owner_task WHERE kind = 'answer_reply'")
    assert tasks == [{"owner": "sam", "run_id": notice, "instruction": "A person at the client has replied. Answer."}]
    world.claimed(notice, "notice-1")


def test_an_opt_out_holds_for_whoever_asked_for_it_and_for_nobody_else(world: World, notice: UUID) -> None:
    world.text("STOP", KIM)

    assert world.control.look(notice).ended_by is None
    refused = world.claim(notice, "notice-1")
    assert isinstance(refused, NotSent)
    assert refused.reason is NotSentReason.OPTED_OUT


def test_an_opt_out_of_somebody_nothing_was_sent_to_yet_counts_too(world: World) -> None:
    with transaction(world.engine) as session:
        contact = ClientContact(client_id=world.client, name="Pat", email="pat@acme.example", phone=PAT)
        client_contacts.enter(session, contact, "agreement/1", HERE)

    world.text("STOP", PAT)

    assert [row["status"] for row in world.rows("SELECT status FROM consent WHERE channel = 'sms' ORDER BY id")] == [
        "granted",
        "revoked",
    ]


def test_one_who_is_out_of_office_does_not_hold_what_goes_to_the_others(world: World, notice: UUID) -> None:
    world.text("Automatic reply: I am out of the office until December 24", PAT)

    assert world.one("SELECT away_until FROM run WHERE id = :id", id=notice)["away_until"] is None
    world.claimed(notice, "notice-1")
