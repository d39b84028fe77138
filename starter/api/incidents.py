"""Incidents: opened with what they touch paused, told to clients by promised times, resolved, resumed, summed up."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from models.database import runs, staff
from models.database.engine import transaction
from models.database.events import Origin
from models.database.incidents import moving, opening, reading, resuming
from models.database.incidents.moving import Telling, UnusableUpdate
from models.database.incidents.offering import Offer, offer
from models.database.incidents.opening import Opening
from models.database.locks import scope_key
from models.database.permission import pauses
from models.database.tables.incidents import Incident
from models.database.tables.people import Client
from models.errors import KeyReusedWithDifferentContent
from models.incidents.states import IncidentState, MoveRefused
from models.terms import PauseScope
from starter.api.fields import Key
from starter.api.incident_views import (
    IncidentBody,
    IncidentEffect,
    IncidentInFull,
    IncidentLine,
    MoveBody,
    NoteBody,
    TellingBody,
    WhyBody,
    effect_of,
    in_full,
    line_of,
)
from starter.api.outreach import IdempotencyKey
from starter.api.pauses import PreviewBody
from starter.api.scoped import client_named, readable, refuse_unless_works_for
from starter.api.scopes import scope_of
from starter.callers import Anybody, Caller, IncidentOwner
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/incidents", tags=["Incidents"])
Limit = Annotated[int, Query(ge=1, le=500)]


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Open an incident",
    responses={200: {"model": IncidentEffect, "description": "This key has opened it before."}},
)
def open_one(
    body: IncidentBody, key: IdempotencyKey, caller: IncidentOwner, uses: Uses, response: Response
) -> IncidentEffect:
    """Pause what it touches and start telling its clients, in one transaction; answers with what is held and in flight.

    The same `Idempotency-Key` with the same body gets the same incident; with another body, 422.
    """
    hashed = _hash(body)
    with transaction(uses.engine) as session:
        try:
            found = opening.earlier(session, caller.handle, key, hashed)
        except KeyReusedWithDifferentContent as reused:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{reused}; use a new key for a new request") from None
        if found is not None:
            response.status_code = HTTPStatus.OK
            return effect_of(session, found, caller)
        return effect_of(session, opened(session, body, key, caller), caller)


@router.get("", summary="List incidents")
def list_all(
    caller: Anybody, uses: Uses, state: IncidentState | None = None, client: Key | None = None, limit: Limit = 100
) -> list[IncidentLine]:
    """Return the incidents of the caller's clients, the newest first."""
    with transaction(uses.engine) as session:
        whose = readable(session, caller, client)
        return [line_of(session, found, caller) for found in reading.page(session, state, limit, whose)]


@router.get("/{incident_id}", summary="One incident with its timeline")
def read(incident_id: UUID, caller: Anybody, uses: Uses) -> IncidentInFull:
    """Return what colleagues wrote beside what each client could read, what is held, and what is promised."""
    with transaction(uses.engine) as session:
        return in_full(session, reading.existing(session, incident_id), caller)


@router.post("/{incident_id}/move", summary="Move an incident")
def move(incident_id: UUID, body: MoveBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Move it and tell its clients. Forward by any step; back to investigating with a reason; a draft is opened."""
    with transaction(uses.engine) as session:
        return _moved(session, incident_id, body.to, body, body.reason, caller)


@router.post("/{incident_id}/resolve", summary="Resolve an incident")
def resolve(incident_id: UUID, body: TellingBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Tell its clients that it is over. What it holds is let go once its preview is approved."""
    with transaction(uses.engine) as session:
        return _moved(session, incident_id, IncidentState.RESOLVED, body, "", caller)


@router.post("/{incident_id}/reopen", summary="Open an incident again")
def reopen(incident_id: UUID, body: WhyBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Investigate it again, up to 24 hours after it was resolved; later it is a new incident."""
    with transaction(uses.engine) as session:
        return _moved(session, incident_id, IncidentState.INVESTIGATING, body, body.reason, caller)


@router.post("/{incident_id}/cancel", summary="Cancel a draft")
def cancel(incident_id: UUID, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Drop a draft. What clients have heard of is resolved instead."""
    with transaction(uses.engine) as session:
        return _moved(session, incident_id, IncidentState.CANCELLED, TellingBody(), "", caller)


@router.post("/{incident_id}/updates", status_code=HTTPStatus.CREATED, summary="Tell clients more")
def update(incident_id: UUID, body: TellingBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Tell its clients more while it stays where it is. Without free words it leaves at once, from approved templates."""
    return _told(incident_id, moving.update, body, caller, uses)


@router.post("/{incident_id}/summary", status_code=HTTPStatus.CREATED, summary="Write the summary")
def summarise(incident_id: UUID, body: TellingBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Say what happened, what was done and what changes, once it is resolved. It ends the incident when it is published."""
    return _told(incident_id, moving.summarise, body, caller, uses)


@router.post("/{incident_id}/notes", status_code=HTTPStatus.CREATED, summary="Note something for colleagues")
def note(incident_id: UUID, body: NoteBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Add a note. It is only ever added to, and no client reads it."""
    with transaction(uses.engine) as session:
        incident = moving.locked(session, incident_id)
        moving.note(session, incident, body.text, caller.origin)
        return effect_of(session, incident, caller)


@router.post("/{incident_id}/resume", summary="Ask for the resume of what it holds")
def ask_to_resume(incident_id: UUID, body: PreviewBody, caller: IncidentOwner, uses: Uses) -> IncidentEffect:
    """Preview what would be let go and at which rate, and ask for its approval; whoever asks may not approve."""
    with transaction(uses.engine) as session:
        incident = moving.locked(session, incident_id)
        run_id = next((run for _, run in reading.concerned(session, incident_id) if run is not None), None)
        if not resuming.ask(session, incident, run_id, uses.resuming, caller.origin, body.per_second):
            raise Problem(HTTPStatus.CONFLICT, "no pause of this incident holds anything")
        moving.announce(session, incident_id)
        return effect_of(session, incident, caller)


def opened(session: Session, body: IncidentBody, key: str, caller: Caller) -> Incident:
    """Enter an incident as it was asked for and, unless it is to be a draft, open it. Raises Problem (422)."""
    incident = opening.draft(session, _asked(session, body, key, _hash(body), caller), caller.origin)
    if not body.draft:
        opening.open_up(session, incident, IncidentState.INVESTIGATING, caller.origin)
    return incident


def _hash(body: IncidentBody) -> str:
    return runs.body_hash(body.model_dump(mode="json", exclude_unset=True))


def _told(
    incident_id: UUID,
    write: Callable[[Session, Incident, Telling, Origin], int],
    body: TellingBody,
    caller: Caller,
    uses: Resources,
) -> IncidentEffect:
    with transaction(uses.engine) as session:
        incident = moving.locked(session, incident_id)
        try:
            write(session, incident, _telling(body), caller.origin)
        except UnusableUpdate as unusable:
            raise Problem(HTTPStatus.CONFLICT, str(unusable)) from None
        return effect_of(session, incident, caller)


def _moved(
    session: Session, incident_id: UUID, to: IncidentState, body: TellingBody, reason: str, caller: Caller
) -> IncidentEffect:
    incident = moving.locked(session, incident_id)
    try:
        moving.move(session, incident, to, _telling(body), reason, caller.origin)
    except (MoveRefused, UnusableUpdate) as refused:
        raise Problem(HTTPStatus.CONFLICT, str(refused)) from None
    return effect_of(session, incident, caller)


def _telling(body: TellingBody) -> Telling:
    return Telling(body.words, body.internal, body.next_update_at, body.nothing_lost_proof)


def _asked(session: Session, body: IncidentBody, key: str, hashed: str, caller: Caller) -> Opening:
    if body.from_pause is not None:
        caller.refuse_if_of_others(session, "pause", body.from_pause)
    offered = offer(session, pauses.existing(session, body.from_pause)) if body.from_pause is not None else None
    named = [client_named(session, caller, name, "clients") for name in dict.fromkeys(body.clients)]
    clients = named or (offered.clients if offered else ())
    title = body.title or (offered.title if offered else "")
    if not clients or not title:
        raise field_problem(
            "title" if clients else "clients", "it is needed, unless it is opened from a pause that tells"
        )
    owner = body.owner or caller.handle
    escalation_owner = body.escalation_owner or staff.another_incident_owner(
        session, owner, [client.id for client in clients]
    )
    for field, handle in (("owner", owner), ("escalation_owner", escalation_owner)):
        refuse_unless_works_for(session, handle, [client.id for client in clients], field)
    given = {"severity", "affected", "advice", "calls_affected", "held_work", "began_at", "words", "note"}
    says_why = offered is None or "reason" in body.model_fields_set
    return Opening(
        key=key,
        body_hash=hashed,
        title=title,
        clients=clients,
        touches=_touches(session, body, clients, offered, caller),
        owner=owner,
        escalation_owner=escalation_owner,
        reason=body.reason if says_why or offered is None else offered.reason,
        evidence=offered.evidence if offered else {},
        nothing_lost_proof=body.nothing_lost_proof,
        from_pause=body.from_pause,
        **{name: getattr(body, name) for name in given},
    )


def _touches(
    session: Session, body: IncidentBody, clients: Sequence[Client], offered: Offer | None, caller: Caller
) -> list[str]:
    if body.touches is not None:
        return [scope_of(session, caller, touched) for touched in body.touches]
    return [offered.scope] if offered else [scope_key(PauseScope.CLIENT, client.id) for client in clients]
