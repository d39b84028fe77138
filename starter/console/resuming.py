"""One pause: how it stands, what its resume would do, resuming it, and how far what it held has come."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response

from models.database.engine import transaction
from models.pausing import PauseCode
from starter.api import pauses as api
from starter.api.pause_views import DrainView, PreviewView
from starter.api.pauses import PreviewBody, ResumeBody
from starter.console import bars, pause_words, scope_forms, typed
from starter.console import pause_sentences as sentences
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.pauses import HERE, may_steer
from starter.console.routing import console_router
from starter.console.visiting import Anybody, IncidentOwner, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses
from starter.scope_words import CHANNELS

router = console_router()
LISTED = 20
"""Messages of each count that a preview names."""
Words = Annotated[str, Form()]


@router.get(f"{HERE}/{{pause_id}}")
def show(pause_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show how a pause stands, or how far what it held has come."""
    one = api.read(pause_id, visit.caller, uses)
    with transaction(uses.engine) as session:
        what = scope_forms.what_of(session, one.scope)
    drain = bars.parts(_drained(one.drain)) if one.drain else []
    return page(
        "pause.html.jinja",
        visit,
        one=one,
        label=one.name,
        what=what,
        drain=drain,
        flying=[flight for flight in one.in_flight if flight.ended is None],
        incident=one.evidence.get("incident") if one.code is PauseCode.INCIDENT else None,
        usual_rate=f"{uses.resuming.per_second:g}",
        may_steer=may_steer(visit, one.scope),
        words=pause_words,
    )


@router.post(f"{HERE}/{{pause_id}}/preview")
def preview(pause_id: UUID, visit: IncidentOwner, sent: Sent, uses: Uses, per_second: Words = "") -> Response:
    """Show what a resume would do at a rate. Nothing is let go by it."""
    rate, errors = typed.made(lambda: PreviewBody(per_second=typed.number_typed(per_second, "per_second")))
    shown = api.preview(pause_id, visit.caller, uses, rate, LISTED)
    return _preview(visit, uses, pause_id, shown, errors)


@router.post(f"{HERE}/{{pause_id}}/resume")
def resume(
    pause_id: UUID,
    visit: IncidentOwner,
    sent: Sent,
    uses: Uses,
    preview: Words = "",
    epoch: Words = "",
    reason: Words = "",
) -> Response:
    """Resume as it was shown. If more would leave by now, the fresh preview is shown instead."""
    body, errors = typed.made(lambda: ResumeBody(reason=reason, epoch=int(epoch), preview=UUID(preview)))
    try:
        if body is not None:
            api.resume(pause_id, body, visit.caller, uses)
            return back(f"{HERE}/{pause_id}", "Resumed. What was held leaves now, each message through every check.")
    except Problem as problem:
        if problem.status is not HTTPStatus.CONFLICT:
            raise
        errors = {"": problem.detail}
    shown = api.preview(pause_id, visit.caller, uses, None, LISTED)
    return _preview(visit, uses, pause_id, shown, errors)


def _preview(visit: Visit, uses: Resources, pause_id: UUID, shown: PreviewView, errors: dict[str, str]) -> Response:
    one = api.read(pause_id, visit.caller, uses)
    counts = shown.counts | {"expired_meanwhile": shown.expired_meanwhile}
    ordered = dict(sorted(counts.items(), key=lambda item: (item[0] != "will_send", -item[1])))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    facts: dict[str, Any] = {
        "one": one,
        "label": one.name,
        "shown": shown,
        "parts": bars.parts(ordered),
        "errors": errors,
    }
    sentence = sentences.would_let_go(shown)
    return page(
        "pause_preview.html.jinja", visit, status, consequence=sentence, words=pause_words, channels=CHANNELS, **facts
    )


def _drained(drain: DrainView) -> dict[str, int]:
    sent = {"sent": drain.came_to.get("sent", 0), "waiting": drain.waiting}
    return sent | {code: count for code, count in drain.came_to.items() if code != "sent"}
