"""Asking the customer of a finished job for a review: every customer, whatever they may think of it."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from models.database import intake, runs
from models.database.engine import snapshot, transaction
from models.database.intake import Asked
from models.database.review_requests import jobs, locations, stories
from models.database.review_requests.jobs import ReportedJob, Taken
from models.database.tables.people import Lead
from models.errors import KeyReusedWithDifferentContent
from models.explaining.reviews import ReviewStory
from models.identity import workflow_id
from models.review_requests.eligibility import JobState
from models.terms import Channel, RunKind
from starter.api.fields import Handle, Key, SequenceKey, Short, Strict
from starter.api.links import RunLinks, links_of_run
from starter.api.outreach import (
    IdempotencyKey,
    PermissionBody,
    address_of,
    permission_of,
    reused,
    stored_meanwhile,
    trace_of,
)
from starter.api.scoped import client_named, refuse_unless_works_for
from starter.callers import Anybody, Caller, SalesOps
from starter.postal_codes import region_of
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/review-requests", tags=["Review requests"])
SEQUENCE = "review_request"
_AHEAD = timedelta(minutes=5)
"""How far the clock of whoever reports a job may be ahead of ours."""
_ACCEPTED = "Stored. The customer is asked at a good hour, if nothing stands against it."
_KNOWN = "This job is known: its one request is the one named here. Nothing new was started."
_CHANGED = "This job is known and now stands otherwise; its request goes by that."


class CustomerBody(Strict):
    """The customer of the job. A phone number or an email address is needed."""

    first_name: Short = ""
    last_name: Short = ""
    phone: Short = Field("", examples=["(303) 555-0123"], description="As written; US if without country code.")
    email: Short = ""
    postal_code: Short = ""


class JobBody(Strict):
    """A finished job. There is no field for how content the customer is: it must not decide who is asked."""

    id: Annotated[Short, Field(min_length=1, description="The client's own id of the job.")]
    location: Key = Field(examples=["downtown"], description="Where it was done; see PUT …/review-locations/….")
    state: JobState = JobState.COMPLETED
    completed_at: AwareDatetime | None = Field(None, description="When it was done, with its offset.")
    service_type: Short = Field("", examples=["water heater"])
    staff_or_family: bool = Field(
        False, description="The customer works for the client, or is family of somebody who does."
    )
    minor: bool = False


class ReviewRequestBody(Strict):
    """A finished job, its customer, and what they permit."""

    client: Key = Field(examples=["acme-plumbing"])
    source: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", examples=["field_service"])]
    job: JobBody
    customer: CustomerBody
    consent: Annotated[list[PermissionBody], Field(max_length=20)] = []
    sequence: SequenceKey = SEQUENCE
    version: Annotated[int, Field(ge=1, description="The newest version if left out.")] | None = None
    owner: Handle | None = Field(None, description="A staff handle; else the sequence's.")


class Requested(BaseModel):
    """The run that asks, or does not; see `links.story` for how it stands."""

    run_id: UUID
    workflow_id: str
    known: bool = Field(description="The job had been reported before.")
    in_words: str
    story: str = Field(description="Path at which the request can be read.")
    links: RunLinks


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    summary="Report a finished job",
    responses={200: {"model": Requested, "description": "The job is known; its one request is named."}},
)
def report(
    body: ReviewRequestBody,
    key: IdempotencyKey,
    caller: SalesOps,
    uses: Uses,
    response: Response,
    traceparent: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Requested:
    """Store a finished job; its customer is asked for a review, once.

    A job is known by the client's own id of it: reported again it starts nothing, and answers 200. If its state is another
    one then, such as `cancelled` or `refunded`, its request ends.

    The same `Idempotency-Key` with the same body gets the same answer; with another body, 422.
    """
    hashed = runs.body_hash(body.model_dump(mode="json", exclude_unset=True))
    asked = Asked(caller.handle, key, hashed, trace_of(traceparent))
    customer = _customer(body)
    try:
        with transaction(uses.engine) as session:
            earlier = runs.earlier_start(session, caller.handle, key, hashed)
            taken = (
                Taken(earlier.run_id, earlier.joined) if earlier else _take_in(session, body, customer, caller, asked)
            )
    except runs.LostRace:
        started = stored_meanwhile(uses, caller.handle, key, hashed)
        taken = Taken(started.run_id, started.joined)
    except KeyReusedWithDifferentContent as again:
        raise reused(again) from None
    if taken.known:
        response.status_code = HTTPStatus.OK
    return Requested(
        run_id=taken.run_id,
        workflow_id=workflow_id(RunKind.REVIEW_REQUEST, taken.run_id),
        known=taken.known,
        in_words=_CHANGED if taken.changed else _KNOWN if taken.known else _ACCEPTED,
        story=f"/v1/review-requests/{taken.run_id}",
        links=links_of_run(uses.settings, RunKind.REVIEW_REQUEST, taken.run_id),
    )


@router.get("/{run_id}", summary="Read a review request")
def read(run_id: UUID, caller: Anybody, uses: Uses) -> ReviewStory:
    """Return how a request stands and why: the job, what holds it, what was sent, whether the link was used, how it ended."""
    with snapshot(uses.engine) as session:
        return stories.story(session, run_id, uses.gate_rules)


def _take_in(session: Session, body: ReviewRequestBody, customer: Lead, caller: Caller, asked: Asked) -> Taken:
    client = client_named(session, caller, body.client)
    location = locations.by_key(session, client.id, body.job.location)
    if location is None:
        raise field_problem("job.location", "there is no such location; enter it with PUT …/review-locations/… first")
    sequence = intake.sequence_by_key(session, body.sequence, body.version, RunKind.REVIEW_REQUEST)
    if sequence is None:
        raise field_problem("sequence", "there is no such sequence that asks for reviews; see GET /v1/sequences")
    refuse_unless_works_for(session, body.owner, [client.id])
    if lacking := intake.lacking(session, client, sequence):
        missing = " and ".join(name.replace("_", " ") for name in lacking)
        raise field_problem("client", f"its messages show its {missing}; enter it with POST /v1/clients first")
    job = ReportedJob(
        job_id=body.job.id,
        state=body.job.state,
        completed_at=body.job.completed_at,
        source=body.source,
        is_staff_or_family=body.job.staff_or_family,
        is_minor=body.job.minor,
    )
    permissions = [permission_of(given) for given in body.consent]
    return jobs.take_in(session, location, job, customer, permissions, sequence, body.owner, asked, caller.origin)


def _customer(body: ReviewRequestBody) -> Lead:
    given, job = body.customer, body.job
    if job.state is JobState.COMPLETED and job.completed_at is None:
        raise field_problem("job.completed_at", "say when the job was done")
    if job.completed_at is not None and job.completed_at > datetime.now(UTC) + _AHEAD:
        raise field_problem("job.completed_at", "this is in the future; report a job once it is done")
    phone = address_of(Channel.SMS, "customer.phone", given.phone)
    email = address_of(Channel.EMAIL, "customer.email", given.email)
    if not phone and not email:
        raise field_problem("customer", "a phone number or an email address is needed")
    region = region_of(given.postal_code) if given.postal_code else None
    known = {"phone": phone, "email": email, "region": region, "service_type": job.service_type}
    return Lead(**given.model_dump(exclude={"phone", "email"}) | known)
