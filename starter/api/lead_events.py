"""Lead events: every one that came in, what became of it and why; completing or closing those that wait for a person."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping
from sqlmodel import Session

from models.database.engine import transaction
from models.database.leads import answer_times, desk, listing
from models.database.leads.desk import ACCEPTABLE, AlreadySettled, Completion, StillMissing
from models.database.leads.target import Chosen
from models.leads import payload
from models.leads.event import Contact, GivenConsent, Market
from models.leads.promptness import Promptness
from models.leads.terms import Concern, LeadEventState, Way, in_words
from starter.api.cursors import cursor, opened
from starter.api.fields import KINDS, Handle, Key, Reason, SequenceKey, Short, Span, Strict
from starter.api.outreach import PermissionBody
from starter.api.scoped import readable, refuse_unless_works_for
from starter.callers import Anybody, MayReadInbound, SalesOps
from starter.postal_codes import region_of
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/lead-events", tags=["Leads"])


class LeadEventLine(BaseModel):
    """One lead event in a list. Who it is stays out of lists."""

    id: UUID
    way: Way
    account: str
    client: str
    source: str
    kind: str
    state: LeadEventState
    reasons: list[str]
    in_words: str = Field(description="Why it is so, for people.")
    owner: str
    received_at: datetime
    occurred_at: datetime | None
    age: Span | None = Field(description="How long ago it happened when it came in.")
    answer: Promptness | None = Field(description="Of a missed call: whether it was answered promptly.")
    lead_id: UUID | None
    run_id: UUID | None
    duplicate_of: UUID | None


class LeadEventPage(BaseModel):
    """Lead events, newest first."""

    events: list[LeadEventLine]
    next: str | None = Field(description="Give it as `after` to get the next page; null on the last one.")


class LeadEventStory(LeadEventLine):
    """One lead event with all that its source said, normalised. The request as it came is at `raw`."""

    source_event_id: str
    source_lead_id: str
    schema_version: int
    is_test: bool
    contact: dict[str, Any]
    job: dict[str, Any]
    money: dict[str, Any]
    consent: dict[str, Any]
    attribution: dict[str, Any]
    market: dict[str, Any]
    thread: dict[str, Any]
    message: str
    settled_by: str | None
    settled_at: datetime | None
    raw: str | None = Field(description="Where to read the request as it came.")
    run: str | None = Field(description="Where to read the run.")


class CompletionBody(Strict):
    """What a person has found out about a lead. What is left out stays as it is."""

    first_name: Short | None = None
    last_name: Short | None = None
    phone: Short | None = None
    email: Short | None = None
    postal_code: Short | None = None
    region: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$")] | None = Field(None, description="US state, two letters.")
    service_type: Short | None = None
    consent: Annotated[list[PermissionBody], Field(max_length=20)] = []
    accept: list[Concern] = Field(
        default=[], max_length=20, description=f"What you looked at and find right: {', '.join(sorted(ACCEPTABLE))}."
    )
    sequence: SequenceKey | None = None
    owner: Handle | None = None


class ClosingBody(Strict):
    """Why there will be no run."""

    reason: Reason


@router.get("", summary="List lead events")
def list_events(
    caller: Anybody,
    uses: Uses,
    client: Key | None = None,
    state: LeadEventState | None = None,
    way: Way | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
) -> LeadEventPage:
    """Return the lead events of the caller's clients, newest first, filtered and in pages."""
    before = opened(after) if after else None
    with transaction(uses.engine) as session:
        found = listing.page(session, limit + 1, readable(session, caller, client), state, way, before)
    more = cursor(found[limit - 1]["received_at"], found[limit - 1]["id"]) if len(found) > limit else None
    return LeadEventPage(events=[LeadEventLine(**_line(row)) for row in found[:limit]], next=more)


@router.get("/{event_id}", summary="Read a lead event")
def read(event_id: UUID, caller: MayReadInbound, uses: Uses) -> LeadEventStory:
    """Return what its source said, in the one form, and what became of it."""
    with transaction(uses.engine) as session:
        return story(session, event_id)


@router.post("/{event_id}/completion", summary="Complete a lead event and let it go on")
def complete(event_id: UUID, body: CompletionBody, caller: SalesOps, uses: Uses) -> LeadEventStory:
    """Add what was missing. If nothing is missing then, the lead is stored and its run starts; else 422 says what is."""
    try:
        with transaction(uses.engine) as session:
            refuse_unless_works_for(session, body.owner, [desk.existing(session, event_id).client_id])
            desk.complete(session, event_id, _completion(session, event_id, body), region_of, caller.origin)
            return story(session, event_id)
    except AlreadySettled:
        raise _settled() from None
    except StillMissing as missing:
        why = "; ".join(in_words(concern) for concern in missing.concerns)
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"it still cannot go on: {why}", reasons=list(missing.concerns)
        ) from None


@router.post("/{event_id}/closing", summary="Close a lead event without a run")
def close(event_id: UUID, body: ClosingBody, caller: SalesOps, uses: Uses) -> LeadEventStory:
    """Say that nothing more is to be done about it by a machine; its task is closed."""
    try:
        with transaction(uses.engine) as session:
            desk.close(session, event_id, body.reason, caller.origin)
            return story(session, event_id)
    except AlreadySettled:
        raise _settled() from None


def story(session: Session, event_id: UUID) -> LeadEventStory:
    """Return one event in full. Raises Problem (404)."""
    row = listing.one(session, event_id)
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no lead event {event_id}; see GET /v1/lead-events")
    links = {
        "raw": f"/v1/inbox/{row['inbox_id']}" if row["inbox_id"] else None,
        "run": f"/v1/runs/{row['run_id']}" if row["run_id"] else None,
    }
    own = {name: row[name] for name in LeadEventStory.model_fields if name in row}
    return LeadEventStory(**own | _line(row) | links)


def _line(row: RowMapping) -> dict[str, Any]:
    own = {name: row[name] for name in LeadEventLine.model_fields if name in row}
    said = "; ".join(in_words(reason) for reason in row["reasons"])
    return own | {"in_words": said, "answer": answer_times.of_event(row)}


def _completion(session: Session, event_id: UUID, body: CompletionBody) -> Completion:
    row = desk.existing(session, event_id)
    return Completion(
        contact=_contact(Contact.model_validate(row.contact), body),
        market=_market(Market.model_validate(row.market), body),
        service=body.service_type,
        consent=tuple(_consent(given) for given in body.consent),
        accepted=frozenset(body.accept),
        chosen=Chosen(sequence=body.sequence, owner=body.owner),
    )


def _contact(there: Contact, body: CompletionBody) -> Contact:
    masked = there.phone_kind == "masked" and body.phone is None
    phone = there.phone_written if body.phone is None else body.phone
    email = there.email_written if body.email is None else body.email
    made = payload.contact(
        there.first_name if body.first_name is None else body.first_name,
        there.last_name if body.last_name is None else body.last_name,
        phone,
        email,
        masked=masked,
    )
    for name, written, usable in (("phone", body.phone, made.phone), ("email", body.email, made.email)):
        if written and not usable:
            raise field_problem(name, "this cannot be used; correct it, or leave it empty")
    return made


def _market(there: Market, body: CompletionBody) -> Market:
    told = {"postal_code": body.postal_code, "region": body.region}
    return there.model_copy(update={name: value for name, value in told.items() if value is not None})


def given_consent(one: PermissionBody) -> GivenConsent:
    """Return a permission that a request brings as lead events hold it."""
    return GivenConsent(
        channel=one.channel,
        kind=KINDS[one.kind],
        source=one.source,
        wording_version=one.wording_version,
        evidence=one.evidence,
    )


def _consent(given: PermissionBody) -> GivenConsent:
    if not given.evidence:
        raise field_problem("consent.evidence", "say where the proof lies, such as call/2231")
    return given_consent(given)


def _settled() -> Problem:
    return Problem(HTTPStatus.CONFLICT, "this event does not wait for a person; nothing was changed")
