"""The switchboard, and putting a pause on: looked at first, with what it will hold counted."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Form
from fastapi.responses import Response

from models.database import holds
from models.database.engine import transaction
from models.database.permission import holding, pauses
from models.database.permission.scopes import kind_of
from models.pausing import HeldWork, PauseCode
from models.reasons import WHY_HELD
from models.terms import PauseScope
from starter import callers, scope_words
from starter.api import pauses as api
from starter.api.pause_views import view_of
from starter.api.pauses import PauseBody
from starter.api.scopes import scope_of
from starter.console import pause_sentences as sentences
from starter.console import pause_words, scope_forms, typed
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.switchboard import Board
from starter.console.visiting import Anybody, IncidentOwner, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses

router = console_router()
HERE = "/console/pauses"
BY_PEOPLE = (PauseCode.BY_HAND, PauseCode.MAINTENANCE, PauseCode.COMPLIANCE, PauseCode.PRIVACY, PauseCode.DELIVERY)
"""Reasons that a person chooses from. An incident is opened as one, so that clients hear of it."""


Words = Annotated[str, Form()]


class Typed:
    """The fields of the form as they were typed."""

    def __init__(
        self,
        what: Words = "",
        code: Words = PauseCode.BY_HAND.value,
        reason: Words = "",
        held_work: Words = HeldWork.EXPIRE.value,
        ends_at: Words = "",
        owner: Words = "",
    ) -> None:
        self.what, self.code, self.reason = what, code, reason
        self.held_work, self.ends_at, self.owner = held_work, ends_at, owner.strip()

    def body(self, zone: str) -> PauseBody:
        """Return the request. Raises Problem or ValidationError."""
        ends_at = typed.moment_typed(self.ends_at, zone, "ends_at")
        given: dict[str, Any] = {"code": self.code, "reason": self.reason, "held_work": self.held_work}
        given |= {"ends_at": ends_at, "owner": self.owner or None}
        return PauseBody(**scope_forms.fields_of(self.what), **given)


Given = Annotated[Typed, Depends(Typed)]


@router.get(HERE)
def board(visit: Anybody, uses: Uses, find: str = "") -> Response:
    """Show every switch, and every pause that holds."""
    settings = uses.settings
    with transaction(uses.engine) as session:
        shown = Board(session, visit, find)
        everywhere = holds.holding(session, settings.timers.inbound_silence, settings.database.epoch)
        whats = {one.scope: scope_forms.what_of(session, one.scope) for one in shown.held}
    return page(
        "pauses.html.jinja",
        visit,
        board=shown,
        whats=whats,
        find=find,
        everywhere=[WHY_HELD[one] for one in everywhere],
        may_steer=visit.caller.may(callers.INCIDENT_OWNER),
        may_steer_all=may_steer(visit, PauseScope.EVERYTHING),
        resumable={one.id for one in shown.held if may_steer(visit, one.scope)},
        words=pause_words,
    )


@router.get(f"{HERE}/new")
def ask(visit: IncidentOwner, uses: Uses, what: str = "") -> Response:
    """Show the form, with the switch chosen that was pressed."""
    return _form(visit, uses, Typed(what=what), {})


@router.post(f"{HERE}/look")
def look(visit: IncidentOwner, sent: Sent, uses: Uses, given: Given) -> Response:
    """Count what it would hold. Nothing is held yet."""
    body, errors = typed.made(lambda: given.body(visit.zone))
    if body is None:
        return _form(visit, uses, given, errors)
    with transaction(uses.engine) as session:
        try:
            scope = scope_of(session, visit.caller, body)
        except Problem as problem:
            return _form(visit, uses, given, {"what": problem.detail})
        would = holding.inside(session, scope, body.code)
        label = scope_words.in_words(session, scope)
        standing = [view_of(session, one, visit.caller) for one in pauses.of_scope(session, scope)]
    consequence = sentences.would_hold(label, would)
    facts: dict[str, Any] = {"body": body, "label": label, "would": would, "standing": standing, "given": given}
    return page("pause_look.html.jinja", visit, consequence=consequence, words=pause_words, **facts)


@router.post(HERE)
def put(visit: IncidentOwner, sent: Sent, uses: Uses, given: Given) -> Response:
    """Put it on, as the API does; what was claimed before is shown on the page of the pause."""
    body, errors = typed.made(lambda: given.body(visit.zone))
    if body is None:
        return _form(visit, uses, given, errors)
    try:
        effect = api.put(body, visit.caller, uses)
    except Problem as problem:
        if problem.status is not HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
        return _form(visit, uses, given, {"": problem.detail})
    return back(f"{HERE}/{effect.id}", sentences.put_on(effect))


def may_steer(visit: Visit, scope: str) -> bool:
    """Return whether a visitor may hold a scope and let it go: one of every client takes somebody who works for all."""
    of_every_client = kind_of(scope) not in (PauseScope.CLIENT, PauseScope.CHANNEL, PauseScope.RUN)
    return visit.caller.may(callers.INCIDENT_OWNER) and not (of_every_client and visit.caller.clients is not None)


def _form(visit: Visit, uses: Resources, given: Typed, errors: dict[str, str]) -> Response:
    with transaction(uses.engine) as session:
        what = scope_forms.choices(session, visit)
    if given.what and given.what not in dict(what):
        what.insert(0, (given.what, given.what.replace(":", " ")))
    codes = [(one.value, pause_words.WHY[one]) for one in BY_PEOPLE]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    shown: dict[str, Any] = {"given": given, "errors": errors, "what": what, "codes": codes, "words": pause_words}
    return page("pause_new.html.jinja", visit, status, **shown)
