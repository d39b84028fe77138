"""Every source resolves a doubt by itself, before and after a person has it, and what proves acceptance wins."""

from collections.abc import Callable
from uuid import UUID

import pytest

from models.database.doubts.resending import Step
from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound.callbacks import apply_report
from models.database.sending.evidence import Finding, apply_evidence
from models.delivery import Delivery, from_ses, from_twilio
from models.identity import callback_token, token_hash
from models.sending import NotSent, NotSentReason, Sent
from models.terms import AttemptOutcome, EvidenceSource
from tests.database.doubts import SID, ask, escalated, in_doubt, listed, sweep
from tests.database.world import KEY, World

Tell = Callable[[World, UUID], str]
MAIL_ID = "0100018f-only-for-tests"


def _callback(world: World, run: UUID) -> str:
    token = callback_token(KEY, world.message(run)["id"], 1)
    news = Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, "", SID, from_twilio("sent"))
    with transaction(world.engine) as session:
        assert apply_report(session, token_hash(token), news, Origin("twilio", "twilio"))
    return SID


def _event(world: World, run: UUID) -> str:
    token = callback_token(KEY, world.message(run, "mail")["id"], 1)
    news = Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, "Send", MAIL_ID, from_ses("Send"))
    with transaction(world.engine) as session:
        assert apply_report(session, token_hash(token), news, Origin("ses", "ses"))
    return MAIL_ID


def _list(world: World, run: UUID) -> str:
    if world.message(run)["state"] == "escalated":  # then it is read once two people want it sent again
        assert [ask(world, run, by) for by in ("eve", "ann")] == [Step.ASKED, Step.CONFIRMED]
    sweep(world, listed(world, run))
    return SID


def _person(world: World, run: UUID) -> str:
    finding = Finding(EvidenceSource.PERSON, AttemptOutcome.ACCEPTED, "person_was_sent", SID)
    with transaction(world.engine) as session:
        apply_evidence(session, world.message(run)["id"], 1, finding, Origin("api", "eve"))
    return SID


@pytest.mark.parametrize("before", [in_doubt, escalated], ids=["unknown", "escalated"])
@pytest.mark.parametrize(
    ("tell", "step", "source"),
    [
        (_callback, "hello", EvidenceSource.CALLBACK),
        (_event, "mail", EvidenceSource.CALLBACK),
        (_list, "hello", EvidenceSource.LIST),
        (_person, "hello", EvidenceSource.PERSON),
    ],
    ids=["callback", "ses event", "list", "person"],
)
def test_each_source_resolves_a_doubt(
    world: World, before: Callable[[World, str], UUID], tell: Tell, step: str, source: EvidenceSource
) -> None:
    run = before(world, step)
    provider_id = tell(world, run)

    message = world.message(run, step)
    assert (message["state"], message["provider_message_id"]) == ("accepted", provider_id)
    said = world.one("SELECT source FROM evidence WHERE message_id = :id ORDER BY id DESC LIMIT 1", id=message["id"])
    assert said["source"] == source
    assert world.tasks("message_in_doubt") == []
    assert world.claim(run, step) == Sent(message_id=message["id"])


def test_what_proves_acceptance_wins_over_a_person_who_saw_nothing(world: World) -> None:
    run = escalated(world)
    denied = Finding(EvidenceSource.PERSON, AttemptOutcome.NOT_ACCEPTED, "person_not_sent")
    with transaction(world.engine) as session:
        apply_evidence(session, world.message(run)["id"], 1, denied, Origin("api", "eve"))
    closed = world.claim(run)
    assert isinstance(closed, NotSent)
    assert closed.reason is NotSentReason.CLOSED_BY_PERSON

    _callback(world, run)

    assert world.claim(run) == Sent(message_id=world.message(run)["id"])
    assert world.message(run)["delivery"] == Delivery.SENT
    assert len(world.tasks("conflicting_evidence")) == 1
