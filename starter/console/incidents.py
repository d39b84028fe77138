"""Incidents as colleagues see them: the list, and one with what stays inside beside what each client read."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response
from sqlmodel import Session

from models.database.engine import now, transaction
from models.database.incidents import moving, reading, resuming
from models.incidents.states import IncidentState
from starter import callers, scope_words
from starter.api import incidents as api
from starter.api.incident_views import NoteBody
from starter.api.pauses import PreviewBody
from starter.console import incident_picture, incident_words, typed
from starter.console.choices import clients_for
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Anybody, IncidentOwner
from starter.resources import Uses

router = console_router()
HERE = "/console/incidents"
MOST = 100
Words = Annotated[str, Form()]


@router.get(HERE)
def listed(visit: Anybody, uses: Uses, state: str = "", client: str = "") -> Response:
    """Show incidents, those that are open first, each with what clients wait for."""
    wanted = IncidentState(state) if state in set(IncidentState) else None
    found = api.list_all(visit.caller, uses, wanted, client or None, MOST)
    with transaction(uses.engine) as session:
        moment = now(session)
    lines = [(one, incident_words.due(one, moment)) for one in found]
    lines.sort(key=lambda line: line[0].state not in incident_words.OPEN)
    may = visit.caller.may(callers.INCIDENT_OWNER)
    states = [("", "Any state"), *((one.value, one.value.capitalize()) for one in IncidentState)]
    clients = [("", "Any client"), *clients_for(visit, uses)]
    shown: dict[str, Any] = {"found": lines, "state": state, "client": client, "states": states, "clients": clients}
    return page("incidents.html.jinja", visit, may_steer=may, **shown)


@router.get(f"{HERE}/{{incident_id}}")
def show(incident_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show one from both sides."""
    one = api.read(incident_id, visit.caller, uses)
    with transaction(uses.engine) as session:
        incident = reading.existing(session, incident_id)
        moment = now(session)
        reached = {
            IncidentState(found.state): found.at
            for found in reversed(moving.updates_of(session, incident_id))
            if found.at
        }
        touches = [scope_words.in_words(session, scope) for scope in one.touches]
        asked = resuming.asked_for(session, incident_id)
        resume = resuming.standing(session, incident)
        entries = one.timeline[::-1]
        titles = [_title(session, entry.what) for entry in entries]
    if one.state is IncidentState.DRAFT or one.state is IncidentState.CANCELLED:
        reached = {}
    return page(
        "incident.html.jinja",
        visit,
        one=one,
        due=incident_words.due(one, moment),
        drawings=incident_picture.drawings(one.state, reached),
        touches=touches,
        entries=entries,
        titles=titles,
        resume=resume,
        asked=asked,
        steps=incident_words.offered(one.state),
        may_steer=visit.caller.may(callers.INCIDENT_OWNER),
        may_read=visit.caller.may(callers.READ_POSTS),
        may_publish=visit.caller.may(callers.MAY_PUBLISH),
        words=incident_words,
    )


@router.post(f"{HERE}/{{incident_id}}/note")
def note(incident_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, text: Words = "") -> Response:
    """Add a note for colleagues."""
    body = typed.made_or_refused(lambda: NoteBody(text=text))
    api.note(incident_id, body, visit.caller, uses)
    return back(f"{HERE}/{incident_id}", "Noted. No client reads it.")


@router.post(f"{HERE}/{{incident_id}}/cancel")
def cancel(incident_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses) -> Response:
    """Drop a draft."""
    api.cancel(incident_id, visit.caller, uses)
    return back(f"{HERE}/{incident_id}", "The draft is dropped. Nothing was paused, and nobody heard of it.")


@router.post(f"{HERE}/{{incident_id}}/resume")
def ask_to_resume(incident_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, per_second: Words = "") -> Response:
    """Ask somebody else to approve what would be let go."""
    body = typed.made_or_refused(lambda: PreviewBody(per_second=typed.number_typed(per_second, "per_second")))
    api.ask_to_resume(incident_id, body, visit.caller, uses)
    return back(f"{HERE}/{incident_id}", "Its resume was previewed, and an approver is asked for exactly that.")


def _title(session: Session, what: str) -> str:
    """Return what happened with its scope, if it names one, by what people call it."""
    verb, _, scope = what.partition(" ")
    if verb in ("paused", "resumed"):
        return f"{verb.capitalize()} {scope_words.in_words(session, scope)}"
    return what.replace("_", " ").capitalize()
