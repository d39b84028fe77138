"""Starting an outreach sequence for one lead."""

import re
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Response
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import BaseModel, Field, StrictInt
from sqlmodel import Session

from models.addresses import normalise
from models.database import intake, runs
from models.database.engine import transaction
from models.database.intake import Asked, Permission
from models.database.permission.consent import REOPENING_SOURCES
from models.database.runs import Started
from models.database.tables.people import Lead
from models.errors import InvalidAddress, KeyReusedWithDifferentContent
from models.failpoints import failpoint
from models.identity import workflow_id
from models.terms import Channel, LeadSource, RunKind, RunState
from starter.api.fields import KINDS, Handle, Instant, Key, OptionalReference, SequenceKey, Short, Strict
from starter.api.links import RunLinks, links_of_run
from starter.api.scoped import client_named, refuse_unless_works_for
from starter.callers import Caller, SalesOps
from starter.postal_codes import region_of
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1", tags=["Outreach"])
_TRACE_PARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


_ACCEPTED = "Stored. The run starts as soon as the workflow server has heard of it."
_ENROLLED = "This person is in an open run for the same purpose, the one named here; nothing new was started."


class LeadBody(Strict):
    """A person who asked one of our clients for something. A phone number or an email address is needed."""

    source: LeadSource
    source_lead_id: Annotated[Short, Field(min_length=1, description="The source's own id of the lead.")]
    first_name: Short = ""
    last_name: Short = ""
    phone: Short = Field("", examples=["(303) 555-0123"], description="As the source wrote it; US if without country.")
    email: Short = ""
    postal_code: Short = ""
    service_type: Short = Field("", examples=["water heater"])
    urgency: Short = ""
    occurred_at: Instant | None = Field(None, description="When the person called or wrote, with its offset.")
    attribution: Annotated[dict[Short, Short], Field(max_length=30)] = {}


class PermissionBody(Strict):
    """A permission that the person has given, and where its proof lies."""

    channel: Channel
    kind: Literal["conversational", "informational", "promotional"]
    source: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", examples=["web_form"])]
    wording_version: OptionalReference = ""
    evidence: OptionalReference = Field("", examples=["form/2231"])


class OutreachBody(Strict):
    """Who is to be written to, in which sequence, with whose permission."""

    client: Key = Field(examples=["acme-plumbing"])
    sequence: SequenceKey = Field(examples=["missed_call"])
    version: Annotated[StrictInt, Field(ge=1, description="The newest version if left out.")] | None = None
    lead: LeadBody
    consent: Annotated[list[PermissionBody], Field(max_length=20)] = []
    owner: Handle | None = Field(None, description="A staff handle; else the sequence's.")


class Accepted(BaseModel):
    """The run is stored; it starts as soon as the workflow server has heard of it."""

    run_id: UUID
    workflow_id: str
    state: RunState | None = Field(
        description="How the run stood when it was accepted; see `links.run` for now. Null if it was open before."
    )
    already_enrolled: bool = Field(
        False,
        description="The person is in an open run for the same purpose: that is the one named; nothing new was started.",
    )
    in_words: str
    links: RunLinks


IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@router.post(
    "/outreach",
    status_code=HTTPStatus.ACCEPTED,
    summary="Start a sequence for a lead",
    responses={200: {"model": Accepted, "description": "The person is in an open run for the same purpose."}},
)
def start(
    body: OutreachBody,
    key: IdempotencyKey,
    caller: SalesOps,
    uses: Uses,
    response: Response,
    traceparent: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Accepted:
    """Store the lead, what it permits and the run; the workflow starts as soon as the workflow server is reachable.

    A person is in one open run of a purpose at a time. A second start keeps what is new of the lead and its consent, and
    answers 200 with the run that is open.

    The same `Idempotency-Key` with the same body gets the same answer and starts nothing new; with another body, 422.
    """
    hashed = runs.body_hash(body.model_dump(mode="json", exclude_unset=True))
    asked = Asked(caller.handle, key, hashed, trace_of(traceparent))
    lead = _lead(body.lead)
    try:
        with transaction(uses.engine) as session:
            started = runs.earlier_start(session, caller.handle, key, hashed) or _enrol(
                session, body, lead, caller, asked
            )
    except runs.LostRace:
        started = stored_meanwhile(uses, asked.actor, asked.idempotency_key, asked.body_hash)
    except KeyReusedWithDifferentContent as again:
        raise reused(again) from None
    failpoint("A1")
    if started.joined:
        response.status_code = HTTPStatus.OK
    return Accepted(
        run_id=started.run_id,
        workflow_id=workflow_id(RunKind.OUTREACH, started.run_id),
        state=None if started.joined else RunState.REQUESTED,
        already_enrolled=started.joined,
        in_words=_ENROLLED if started.joined else _ACCEPTED,
        links=links_of_run(uses.settings, RunKind.OUTREACH, started.run_id),
    )


def _enrol(session: Session, body: OutreachBody, lead: Lead, caller: Caller, asked: Asked) -> Started:
    client = client_named(session, caller, body.client)
    sequence = intake.sequence_by_key(session, body.sequence, body.version)
    if sequence is None:
        raise field_problem("sequence", "there is no such sequence or version; see GET /v1/sequences")
    refuse_unless_works_for(session, body.owner, [client.id])
    if lacking := intake.lacking(session, client, sequence):
        missing = " and ".join(name.replace("_", " ") for name in lacking)
        raise field_problem("client", f"its messages show its {missing}; enter it with POST /v1/clients first")
    lead.client_id = client.id
    kept = intake.keep_lead(session, lead)
    intake.permit(session, kept, [permission_of(given) for given in body.consent], caller.origin)
    return intake.request_run(session, kept, sequence, body.owner, asked)


def stored_meanwhile(uses: Resources, actor: str, key: str, body_hash: str) -> Started:
    """Return what another request with the same key was answered with, which was stored while this one was read."""
    try:
        with transaction(uses.engine) as session:
            started = runs.earlier_start(session, actor, key, body_hash)
    except KeyReusedWithDifferentContent as again:
        raise reused(again) from None
    if started is None:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "the request was not stored; repeat it")
    return started


def _lead(body: LeadBody) -> Lead:
    phone = address_of(Channel.SMS, "lead.phone", body.phone)
    email = address_of(Channel.EMAIL, "lead.email", body.email)
    if not phone and not email:
        raise field_problem("lead", "a phone number or an email address is needed")
    addresses = {"phone": phone, "email": email, "region": region_of(body.postal_code) if body.postal_code else None}
    return Lead(**body.model_dump(exclude={"phone", "email"}) | addresses)


def address_of(channel: Channel, field: str, written: str) -> str:
    """Return an address in its one form, empty if none is given. Raises Problem that names the field."""
    try:
        return normalise(channel, written) if written.strip() else ""
    except InvalidAddress as invalid:
        raise field_problem(field, str(invalid)) from None


def permission_of(given: PermissionBody) -> Permission:
    """Return a permission as it is stored. Raises Problem for one that would undo an opt-out."""
    if given.source in REOPENING_SOURCES:
        raise field_problem("consent.source", "an opt-in after an opt-out is recorded with POST /v1/consent")
    return Permission(given.channel, KINDS[given.kind], given.source, given.wording_version, given.evidence)


def reused(again: KeyReusedWithDifferentContent) -> Problem:
    """Return the refusal of a key that came with another body."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{again}; use a new key for a new request")


def trace_of(given: str | None) -> str | None:
    """Return the trace that the workflow joins: this request's own span, else what the caller sent."""
    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    own = carrier.get("traceparent")
    return own or (given if given and _TRACE_PARENT.fullmatch(given) else None)
