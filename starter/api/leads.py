"""A lead by API: the same normalised event, the same judgement as from any other source."""

from http import HTTPStatus
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import Field, StrictBool
from sqlmodel import Session

from models.database import intake
from models.database.engine import transaction
from models.database.inbound import inbox_desk
from models.database.inbound.inbox import store_once
from models.database.leads import accounts
from models.database.leads import intake as lead_intake
from models.database.leads.rows import row_of
from models.database.leads.target import Chosen, Target, target_of
from models.database.tables.leads import LeadEventRow
from models.leads import payload
from models.leads.event import (
    Answer,
    Attribution,
    ConsentOfLead,
    GivenConsent,
    Job,
    LeadEvent,
    Market,
    RequestedTime,
)
from models.leads.terms import Way
from models.terms import ConsentKind
from starter.api.fields import Handle, Key, SequenceKey, Short, Strict
from starter.api.lead_events import LeadEventStory, given_consent, story
from starter.api.outreach import IdempotencyKey, LeadBody, PermissionBody
from starter.api.scoped import client_named, refuse_unless_works_for
from starter.callers import Caller, SalesOps
from starter.postal_codes import region_of
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/leads", tags=["Leads"])
Long = Annotated[str, Field(max_length=4000)]


class AnswerBody(Strict):
    """A question and what the person answered."""

    question: Short
    answer: Long


class TimeBody(Strict):
    """When the person would like it."""

    starts: Short
    ends: Short = ""


class NewLeadBody(LeadBody):
    """A lead as another system knows it. What cannot be used goes to a person instead of being refused."""

    client: Key = Field(examples=["acme-plumbing"])
    sequence: SequenceKey = Field(examples=["quote_request"])
    owner: Handle | None = None
    description: Long = ""
    answers: Annotated[list[AnswerBody], Field(max_length=50)] = []
    requested_times: Annotated[list[TimeBody], Field(max_length=20)] = []
    city: Short = ""
    region: Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$", description="US state, two letters.")] = ""
    automated_ok: StrictBool | None = Field(None, description="False if the person wants no automated messages.")
    consent: Annotated[list[PermissionBody], Field(max_length=20)] = []
    is_test: StrictBool = False


@router.post("", status_code=HTTPStatus.ACCEPTED, summary="Bring a lead")
async def bring(
    body: NewLeadBody, key: IdempotencyKey, caller: SalesOps, uses: Uses, request: Request
) -> LeadEventStory:
    """Take a lead in. `state` and `in_words` of the answer say whether a run starts, and if not, why.

    The same `Idempotency-Key` with the same body gets the same answer; with another body, 422.
    """
    raw = await request.body()
    return await run_sync(_bring, body, f"{caller.handle}:{key}", raw, caller, uses)


def _bring(body: NewLeadBody, key: str, raw: bytes, caller: Caller, uses: Resources) -> LeadEventStory:
    with transaction(uses.engine) as session:
        target = _target(session, body, caller)
        event = _event(body, key)
        earlier = lead_intake.earlier_of(session, row_of(event, target, None))
        if earlier is not None:
            return story(session, _same(session, uses, earlier, raw).id)
        inbox_id = store_once(session, uses.ring, "leads_api", f"{body.client}/{key}", "lead", raw)
        row = lead_intake.take_in(session, target, event, region_of, caller.origin, inbox_id)
        return story(session, row.id)


def _target(session: Session, body: NewLeadBody, caller: Caller) -> Target:
    client = client_named(session, caller, body.client)
    if intake.sequence_by_key(session, body.sequence, None) is None:
        raise field_problem("sequence", "there is no such sequence; see GET /v1/sequences")
    refuse_unless_works_for(session, body.owner, [client.id])
    account = accounts.find(session, Way.API, client.key)
    if account is None:
        account, _ = accounts.put(session, Way.API, client.key, client, {}, caller.handle)
    return target_of(session, account, Chosen(sequence=body.sequence, owner=body.owner))


def _same(session: Session, uses: Resources, earlier: LeadEventRow, raw: bytes) -> LeadEventRow:
    before = inbox_desk.open_inbound(session, uses.ring, earlier.inbox_id) if earlier.inbox_id else None
    if before is None or before.content != raw.decode(errors="replace"):
        sentence = "this Idempotency-Key was used for a different request; use a new key for a new request"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence)
    return earlier


def _event(body: NewLeadBody, key: str) -> LeadEvent:
    given = tuple(
        GivenConsent(channel=channel, kind=ConsentKind.CONVERSATIONAL, source=body.source)
        for channel in intake.answerable(body.source)
        if body.automated_ok is not False
    )
    utm = {name.removeprefix("utm_"): value for name, value in body.attribution.items() if name.startswith("utm_")}
    known: dict[str, Any] = {name: body.attribution.get(name, "") for name in Attribution.model_fields if name != "utm"}
    return LeadEvent(
        way=Way.API,
        source=body.source,
        source_event_id=key,
        source_lead_id=f"{body.source}/{body.source_lead_id}",
        occurred_at=body.occurred_at,
        is_test=body.is_test,
        contact=payload.contact(body.first_name, body.last_name, body.phone, body.email),
        job=Job(
            category=body.service_type,
            description=payload.cleaned(body.description, payload.LONG),
            answers=tuple(
                Answer(question=one.question, answer=payload.cleaned(one.answer, payload.LONG)) for one in body.answers
            ),
            requested_times=tuple(RequestedTime(starts=one.starts, ends=one.ends) for one in body.requested_times),
            urgency=body.urgency,
        ),
        consent=ConsentOfLead(
            automated_ok=body.automated_ok, given=given + tuple(given_consent(one) for one in body.consent)
        ),
        attribution=Attribution(utm=utm, **known),
        market=Market(city=body.city, region=body.region, postal_code=body.postal_code),
    )
