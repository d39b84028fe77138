"""Opening an incident: written, looked at with what it will hold and what its clients will read, then opened."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, Form
from fastapi import Response as Answer
from fastapi.responses import Response

from models.database.engine import rehearsal, transaction
from models.database.incidents.offering import offer
from models.database.permission import pauses
from models.incidents.states import IncidentSeverity
from models.incidents.words import Advice, Affected, ReasonForClients
from models.pausing import HeldWork
from models.plurals import counted
from models.terms import RunKind
from starter import scope_words
from starter.api import incidents as api
from starter.api.incident_views import IncidentBody, effect_of
from starter.console import choices, incident_words, pause_words, scope_forms, typed
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.incidents import HERE
from starter.console.read_by_clients import as_read
from starter.console.routing import console_router
from starter.console.visiting import IncidentOwner, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses

router = console_router()
Words = Annotated[str, Form()]
TOUCHES = {
    "clients": "All that goes out for these clients",
    f"kind:{RunKind.OUTREACH}": "Outreach, of every client",
    f"kind:{RunKind.REVIEW_REQUEST}": "Review requests, of every client",
    "provider:twilio": "What goes through Twilio, of every client",
    "provider:ses": "What goes through Amazon SES, of every client",
    "everything": "Everything, of every client",
    "nothing": "Nothing",
}


class Written:
    """The fields of the form as they were typed. `key` makes that it is opened once, however often the form is sent."""

    def __init__(
        self,
        title: Words = "",
        severity: Words = IncidentSeverity.MINOR.value,
        clients: Annotated[list[str] | None, Form()] = None,
        touches: Words = "clients",
        reason: Words = ReasonForClients.LOOKING.value,
        affected: Words = Affected.FOLLOW_UPS.value,
        advice: Words = Advice.NOTHING.value,
        calls_affected: Words = "",
        began_at: Words = "",
        held_work: Words = HeldWork.EXPIRE.value,
        words: Words = "",
        note: Words = "",
        from_pause: Words = "",
        draft: Words = "",
        key: Words = "",
    ) -> None:
        self.title, self.severity, self.clients, self.touches = title, severity, clients or [], touches
        self.reason, self.affected, self.advice, self.held_work = reason, affected, advice, held_work
        self.calls_affected, self.began_at, self.words, self.note = calls_affected, began_at, words, note
        self.from_pause, self.draft, self.key = from_pause, draft, key or uuid4().hex

    def body(self, zone: str) -> IncidentBody:
        """Return the request. Raises Problem or ValidationError."""
        given: dict[str, Any] = {name: getattr(self, name) for name in _AS_TYPED}
        given |= {"calls_affected": bool(self.calls_affected), "draft": bool(self.draft)}
        given["began_at"] = typed.moment_typed(self.began_at, zone, "began_at")
        if self.from_pause:
            given["from_pause"] = self.from_pause
        if self.touches == "nothing":
            given["touches"] = []
        elif self.touches != "clients":
            given["touches"] = [scope_forms.fields_of(self.touches)]
        return IncidentBody(**given)


_AS_TYPED = ("title", "severity", "clients", "reason", "affected", "advice", "held_work", "words", "note")
Given = Annotated[Written, Depends(Written)]


@router.get(f"{HERE}/open")
def ask(visit: IncidentOwner, uses: Uses, from_pause: UUID | None = None, client: str = "") -> Response:
    """Show the form; from an automatic pause with what is known of it."""
    given = Written(clients=[client] if client else [])
    if from_pause is not None:
        with transaction(uses.engine) as session:
            visit.caller.refuse_if_of_others(session, "pause", from_pause)
            offered = offer(session, pauses.existing(session, from_pause))
        given.title, given.reason = offered.title, offered.reason.value
        given.clients, given.from_pause = [one.key for one in offered.clients], str(from_pause)
    return _form(visit, uses, given, {})


@router.post(f"{HERE}/open/look")
def look(visit: IncidentOwner, sent: Sent, uses: Uses, given: Given) -> Response:
    """Show what it will hold and what clients will read. Nothing is kept of it."""
    body, errors = typed.made(lambda: given.body(visit.zone))
    if body is None:
        return _form(visit, uses, given, errors)
    try:
        with rehearsal(uses.engine) as session:
            incident = api.opened(session, body, given.key, visit.caller)
            effect = effect_of(session, incident, visit.caller)
            read = [] if body.draft else as_read(session, incident.id)
            touches = [scope_words.in_words(session, scope) for scope in incident.touches]
    except Problem as problem:
        return _form(visit, uses, given, {"": problem.detail})
    consequence = _consequence(body, effect.held.runs, effect.held.messages, len(effect.clients))
    facts: dict[str, Any] = {
        "given": given,
        "body": body,
        "effect": effect,
        "read": read,
        "touches": touches,
        "words": incident_words,
    }
    return page("incident_open_look.html.jinja", visit, consequence=consequence, **facts)


@router.post(HERE)
def put(visit: IncidentOwner, sent: Sent, uses: Uses, given: Given, answer: Answer) -> Response:
    """Open it, as the API does."""
    body, errors = typed.made(lambda: given.body(visit.zone))
    if body is None:
        return _form(visit, uses, given, errors)
    effect = api.open_one(body, given.key, visit.caller, uses, answer)
    held = f"{counted(effect.held.runs, 'run')} and {counted(effect.held.messages, 'message')} are held"
    flying = f", {counted(len(effect.held.in_flight), 'message')} under way" if effect.held.in_flight else ""
    said = "The draft is kept; nobody hears of it." if body.draft else f"Opened. {held}{flying}."
    return back(f"{HERE}/{effect.id}", said)


def _consequence(body: IncidentBody, runs: int, messages: int, clients: int) -> str:
    if body.draft:
        return "Only a draft is kept: nothing is paused, and no client hears of it until you open it."
    held = f"This holds {counted(runs, 'run')} and {counted(messages, 'message')}"
    return f"{held}, and tells {counted(clients, 'client')} what you see above."


def _form(visit: Visit, uses: Resources, given: Written, errors: dict[str, str]) -> Response:
    clients = choices.clients_for(visit, uses)
    shown: dict[str, Any] = {"given": given, "errors": errors, "clients": clients, "touches": list(TOUCHES.items())}
    status = 422 if errors else 200
    return page("incident_open.html.jinja", visit, status, words=incident_words, held=pause_words, **shown)
