"""Trying texts out: a version as it would leave, and a test of it to one's own phone or mailbox."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.addresses import masked
from models.database import runs, template_tests
from models.database.engine import transaction
from models.database.template_tests import Trial
from models.errors import KeyReusedWithDifferentContent
from models.identity import content_hash
from models.segments import Encoding
from models.template_tests import MOST_PER_HOUR
from models.terms import Channel, ConsentKind, MessageState, RunKind
from models.wording.judging import Verdict
from starter import previewing
from starter.api.fields import Key, Strict
from starter.api.links import RunLinks, links_of_run
from starter.api.outreach import IdempotencyKey, reused, stored_meanwhile
from starter.api.wording import FindingLine, lines
from starter.callers import Caller, MayTryTexts
from starter.previewing import Rendered
from starter.problems import Problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/templates", tags=["Library"])
Lead = Annotated[UUID | None, Query(description="A lead of the client; left out: a made-up one.")]
_ASKED = "Stored. It leaves as soon as the workflow server has heard of it, to nobody but you."


class Preview(BaseModel):
    """A version of a text, exactly as it would leave."""

    template_id: UUID
    key: str
    version: int
    channel: Channel
    consent_needed: str
    client: str
    lead: UUID | None = Field(description="Null: a made-up one.")
    subject: str
    body: str
    content_hash: str
    encoding: Encoding | None = Field(description="Of a text message.")
    units: int | None = Field(description="Septets in GSM-7, UTF-16 code units in UCS-2.")
    segments: int | None = Field(description="What the provider bills.")
    verdict: Verdict
    findings: list[FindingLine]


class TestSendBody(Strict):
    """For whom the text is rendered. It goes to the caller, whoever that is."""

    client: Key
    lead: UUID | None = None


class TestAsked(BaseModel):
    """The test is stored."""

    run_id: UUID
    to: str = Field(description="Masked: the caller's own address.")
    in_words: str
    links: RunLinks


class TestLine(BaseModel):
    """What became of a test."""

    run_id: UUID
    message_id: UUID
    client: str
    channel: Channel
    state: MessageState
    reason: str | None
    delivery: str | None
    requested_at: datetime
    outcome: str | None


@router.get("/{template_id}/preview", summary="See a text as it would leave")
def preview(template_id: UUID, client: Key, caller: MayTryTexts, uses: Uses, lead: Lead = None) -> Preview:
    """Return the exact text for a lead of a client, or for a made-up one, with what the checks find in it. Nothing is stored."""
    with transaction(uses.engine) as session:
        return shown(previewing.rendered(session, uses, caller, template_id, client, lead))


@router.post("/{template_id}/test-sends", status_code=HTTPStatus.ACCEPTED, summary="Send a test to yourself")
def send_test(template_id: UUID, body: TestSendBody, key: IdempotencyKey, caller: MayTryTexts, uses: Uses) -> TestAsked:
    """Send a text, exactly as it would leave, to the caller's own phone or mailbox, whether it is approved or not.

    It passes gate and ledger, asks for no consent, counts in no cap and no measure, and says nothing about any contact. The
    address is the one that was entered with the caller (`comms staff set`); there is no way to give another. The same
    `Idempotency-Key` with the same body sends nothing twice.
    """
    hashed = runs.body_hash({"template": str(template_id)} | body.model_dump(mode="json"))
    try:
        with transaction(uses.engine) as session:
            before = runs.earlier_start(session, caller.handle, key, hashed)
            run_id = before.run_id if before else _ask(session, template_id, body, key, hashed, caller, uses)
    except runs.LostRace:
        run_id = stored_meanwhile(uses, caller.handle, key, hashed).run_id
    except KeyReusedWithDifferentContent as again:
        raise reused(again) from None
    with transaction(uses.engine) as session:
        to = masked(template_tests.goes_to(session, run_id))
    links = links_of_run(uses.settings, RunKind.TEMPLATE_TEST, run_id)
    return TestAsked(run_id=run_id, to=to, in_words=_ASKED, links=links)


@router.get("/{template_id}/test-sends", summary="See what became of your tests")
def list_test_sends(template_id: UUID, caller: MayTryTexts, uses: Uses) -> list[TestLine]:
    """Return the caller's ten newest tests of a text, the newest first."""
    with transaction(uses.engine) as session:
        template = template_tests.template(session, template_id)
        if template is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no template {template_id}; see GET /v1/templates")
        found = template_tests.of_template(session, template, caller.handle)
    return [TestLine.model_validate(dict(row)) for row in found]


def shown(text: Rendered) -> Preview:
    """Return a rendered text as the API shows it."""
    cost = text.segments
    return Preview(
        template_id=text.template.id,
        key=text.template.key,
        version=text.template.version,
        channel=Channel(text.template.channel),
        consent_needed=ConsentKind(text.template.consent_needed).name.lower(),
        client=text.client.key,
        lead=text.lead.id if text.lead else None,
        subject=text.subject,
        body=text.body,
        content_hash=content_hash(text.subject, text.body),
        encoding=cost.encoding if cost else None,
        units=cost.units if cost else None,
        segments=cost.segments if cost else None,
        verdict=text.findings.verdict,
        findings=lines(text.findings.found),
    )


def _ask(
    session: Session, template_id: UUID, body: TestSendBody, key: str, hashed: str, caller: Caller, uses: Resources
) -> UUID:
    text = previewing.rendered(session, uses, caller, template_id, body.client, body.lead)
    if text.findings.blocks:
        raise Problem(HTTPStatus.CONFLICT, f"it holds what must not leave: {text.findings.in_short}")
    address = template_tests.own_address(session, caller.handle, Channel(text.template.channel))
    if not address:
        raise Problem(HTTPStatus.CONFLICT, no_address(Channel(text.template.channel), caller.handle))
    if template_tests.has_had_enough(session, caller.handle):
        raise Problem(HTTPStatus.CONFLICT, f"you have asked for {MOST_PER_HOUR} tests within an hour; wait a little")
    trial = Trial(text.client, text.template, text.subject, text.body, address)
    return template_tests.request(session, trial, caller.origin, key, hashed)


def no_address(channel: Channel, handle: str) -> str:
    """Return what somebody is told to whom no test can go."""
    what, option = ("phone number", "phone") if channel is Channel.SMS else ("email address", "email")
    return f"your {what} is not entered; whoever enters staff does that: comms staff set {handle} --{option} …"
