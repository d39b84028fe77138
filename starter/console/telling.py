"""Saying something to the clients of an incident: written, looked at as each of them will read it, then said."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Form
from fastapi.responses import Response
from sqlmodel import Session

from models.database.engine import rehearsal, transaction
from models.database.incidents import moving
from models.database.incidents.moving import Telling, UnusableUpdate
from models.database.tables.incidents import Incident
from models.incidents.states import MoveRefused
from starter.api import incidents as api
from starter.api.incident_views import TellingBody, WhyBody
from starter.callers import Caller
from starter.console import incident_words, typed
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.incident_words import STEPS, Step
from starter.console.incidents import HERE
from starter.console.read_by_clients import as_read
from starter.console.routing import console_router
from starter.console.visiting import IncidentOwner, Visit
from starter.problems import field_problem
from starter.resources import Resources, Uses

router = console_router()
Words = Annotated[str, Form()]


class Written:
    """The fields of the form as they were typed. `newest` is the number of the newest update that its writer has seen."""

    def __init__(
        self,
        step: Words = "",
        words: Words = "",
        internal: Words = "",
        next_update_at: Words = "",
        nothing_lost_proof: Words = "",
        reason: Words = "",
        newest: Words = "0",
    ) -> None:
        self.step, self.words, self.internal, self.reason = step, words, internal, reason
        self.next_update_at, self.nothing_lost_proof, self.newest = next_update_at, nothing_lost_proof, newest

    def body(self, zone: str) -> TellingBody:
        """Return what is to be told. Raises Problem or ValidationError."""
        step = step_named(self.step)
        if step.needs_words and not self.words.strip():
            raise field_problem("words", "say what happened, what was done and what changes")
        told = {"words": self.words, "internal": self.internal, "nothing_lost_proof": self.nothing_lost_proof}
        body = TellingBody(**told, next_update_at=typed.moment_typed(self.next_update_at, zone, "next_update_at"))
        if step.needs_reason:
            WhyBody(reason=self.reason)
        return body


Given = Annotated[Written, Depends(Written)]


@router.get(f"{HERE}/{{incident_id}}/tell")
def write(incident_id: UUID, visit: IncidentOwner, uses: Uses, step: str = "update") -> Response:
    """Show the form of one step."""
    return _form(visit, uses, incident_id, Written(step=step_named(step).key), {})


@router.post(f"{HERE}/{{incident_id}}/look")
def look(incident_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, given: Given) -> Response:
    """Show what each client will read. Nothing is kept of it."""
    body, errors = typed.made(lambda: given.body(visit.zone))
    if body is None:
        return _form(visit, uses, incident_id, given, errors)
    try:
        with rehearsal(uses.engine) as session:
            incident = _said(session, incident_id, given, body, visit.caller)
            read = as_read(session, incident_id)
            title, promised = incident.title, incident.next_update_due
    except (MoveRefused, UnusableUpdate) as refused:
        return _form(visit, uses, incident_id, given, {"": str(refused)})
    facts: dict[str, Any] = {
        "given": given,
        "step": STEPS[given.step],
        "read": read,
        "title": title,
        "promised": promised,
    }
    return page("incident_look.html.jinja", visit, incident_id=incident_id, **facts)


@router.post(f"{HERE}/{{incident_id}}/tell")
def tell(incident_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, given: Given) -> Response:
    """Say it."""
    body, errors = typed.made(lambda: given.body(visit.zone))
    if body is None:
        return _form(visit, uses, incident_id, given, errors)
    try:
        with transaction(uses.engine) as session:
            _said(session, incident_id, given, body, visit.caller)
    except (MoveRefused, UnusableUpdate) as refused:
        return _form(visit, uses, incident_id, given, {"": str(refused)})
    shown = "The portal shows it once it is approved and reviewed." if given.words.strip() else "It leaves at once."
    return back(f"{HERE}/{incident_id}", f"Written. {shown}")


def step_named(name: str) -> Step:
    """Return a step. Raises Problem (422)."""
    if name not in STEPS:
        raise field_problem("step", "there is no such step")
    return STEPS[name]


def _said(session: Session, incident_id: UUID, given: Written, body: TellingBody, caller: Caller) -> Incident:
    incident, step = moving.locked(session, incident_id), STEPS[given.step]
    newest = max((found.number for found in moving.updates_of(session, incident_id)), default=0)
    if given.newest != str(newest):
        raise UnusableUpdate(f"update {newest} was written since you began; read it first, then write yours")
    telling = Telling(body.words, body.internal, body.next_update_at, body.nothing_lost_proof)
    if step is incident_words.UPDATE:
        moving.update(session, incident, telling, caller.origin)
    elif step is incident_words.SUMMARY:
        moving.summarise(session, incident, telling, caller.origin)
    else:
        assert step.to is not None, "every other step moves it"
        moving.move(session, incident, step.to, telling, given.reason.strip(), caller.origin)
    return incident


def _form(visit: Visit, uses: Resources, incident_id: UUID, given: Written, errors: dict[str, str]) -> Response:
    one = api.read(incident_id, visit.caller, uses)
    numbers = [entry.number for entry in one.timeline if entry.number is not None]
    given.newest = str(max(numbers, default=0))
    status = 422 if errors else 200
    shown: dict[str, Any] = {
        "one": one,
        "given": given,
        "errors": errors,
        "step": step_named(given.step),
        "zone": visit.zone,
    }
    return page("incident_tell.html.jinja", visit, status, **shown)
