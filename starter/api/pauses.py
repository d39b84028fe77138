"""Pauses by scope: everything, a kind of workflow, a provider, a sequence, a client, a channel of a client, a run."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field, StrictBool, StrictInt
from sqlmodel import Session

from models.database.engine import transaction
from models.database.permission import pauses, previews
from models.database.permission.previews import NotAsShown, Wish
from starter.api.fields import Reason, Strict
from starter.api.pause_views import (
    LONGEST_LIST,
    PausedScope,
    PauseEffect,
    PauseTerms,
    PreviewView,
    Rate,
    preview_view,
    put_on,
    refused,
    view_of,
)
from starter.api.scopes import ScopeBody, scope_of
from starter.callers import Anybody, IncidentOwner
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/pauses", tags=["Steering"])
Limit = Annotated[int, Query(ge=0, le=LONGEST_LIST, description="How many messages of each count to list.")]


class PauseBody(PauseTerms, ScopeBody):
    """What to pause, and on which terms."""

    paused: StrictBool = Field(
        True, description="Only true: a resume is a preview first, see POST /v1/pauses/{id}/preview."
    )


class PreviewBody(Strict):
    """How fast what is held shall leave; as set up, if nothing is said."""

    per_second: Rate = None


class ResumeBody(Strict):
    """What was shown, and why it shall go on."""

    reason: Reason
    epoch: StrictInt | None = Field(None, ge=1, description="Of the pause. Only your own pause may be resumed without.")
    preview: UUID | None = Field(
        None, description="The preview you confirm. Only the pause of a single run needs none."
    )


@router.post("", summary="Pause a scope")
def put(body: PauseBody, caller: IncidentOwner, uses: Uses) -> PauseEffect:
    """Nothing inside the scope is claimed for sending after the answer, and nothing that waits is dropped. May be repeated."""
    with transaction(uses.engine) as session:
        scope = scope_of(session, caller, body)
        if not body.paused:
            raise field_problem("paused", _how_to_resume(session, scope))
        return put_on(session, scope, body, caller)


@router.get("", summary="What is paused now")
def list_paused(caller: Anybody, uses: Uses) -> list[PausedScope]:
    """Return every pause that holds clients of the caller: who, why, since when, what is held and in flight, when it ends."""
    with transaction(uses.engine) as session:
        return [view_of(session, found, caller) for found in pauses.paused_now(session, caller.only)]


@router.get("/{pause_id}", summary="One pause, also after its resume")
def read(pause_id: UUID, caller: Anybody, uses: Uses) -> PausedScope:
    """Return how it stands: what was in flight, and after its resume how far what it held has come."""
    with transaction(uses.engine) as session:
        return view_of(session, pauses.existing(session, pause_id), caller)


@router.post("/{pause_id}/preview", summary="What a resume would do")
def preview(
    pause_id: UUID, caller: IncidentOwner, uses: Uses, body: PreviewBody | None = None, limit: Limit = 20
) -> PreviewView:
    """Ask the gate about every message the pause holds, as it would stand at its turn. Changes nothing."""
    policy = uses.resuming
    per_second = body.per_second if body is not None and body.per_second else policy.per_second
    with transaction(uses.engine) as session:
        pause = pauses.existing(session, pause_id)
        try:
            shown = previews.show(session, pause, policy.rules, per_second, caller.handle)
        except NotAsShown as error:
            raise refused(error) from None
        return preview_view(shown, limit)


@router.post("/{pause_id}/resume", summary="Resume as previewed")
def resume(pause_id: UUID, body: ResumeBody, caller: IncidentOwner, uses: Uses) -> PausedScope:
    """Let what is held leave, at a limited rate; each message passes every check again at its turn. May be repeated."""
    wish = Wish(pause_id, body.epoch, body.preview, body.reason)
    with transaction(uses.engine) as session:
        try:
            previews.resume(session, wish, uses.resuming, caller.origin)
        except NotAsShown as error:
            raise refused(error) from None
        return view_of(session, pauses.existing(session, pause_id), caller)


def _how_to_resume(session: Session, scope: str) -> str:
    held_by = pauses.of_scope(session, scope)
    named = ", ".join(f"{found.id} by {found.put_by} ({found.reason})" for found in held_by) or "none holds this scope"
    return f"a resume is a preview first: POST /v1/pauses/{{id}}/preview, then …/resume; {named}"
