"""Steering one run: pause, resume, stop. Each takes effect when its answer is given, and may be repeated."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StrictInt
from sqlmodel import Session

from models.database import runs
from models.database.engine import now, transaction
from models.database.locks import scope_key
from models.database.permission import pauses, previews
from models.database.permission.previews import NotAsShown, Wish
from models.database.sending.in_flight import in_flight
from models.terms import PauseScope
from starter.api.fields import Reason, Strict
from starter.api.pause_views import Effect, PauseEffect, PauseTerms, effect_of, put_on, refused
from starter.callers import Caller, IncidentOwner, MayStop
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/runs/{run_id}", tags=["Steering"])


class Because(Strict):
    """Why it is done."""

    reason: Reason


class ResumeOfRun(Because):
    """Why, and which pause if it is not your own."""

    epoch: StrictInt | None = Field(None, ge=1, description="Of the pause, as its answer or GET /v1/pauses gives it.")


@router.post("/pause", summary="Hold a run")
def pause(run_id: UUID, terms: PauseTerms, caller: IncidentOwner, uses: Uses) -> PauseEffect:
    """Send nothing more until `resume`. Replies and opt-outs are still taken in."""
    with transaction(uses.engine) as session:
        runs.existing(session, run_id)
        return put_on(session, scope_key(PauseScope.RUN, run_id=run_id), terms, caller)


@router.post("/resume", summary="Go on after a pause")
def resume(run_id: UUID, because: ResumeOfRun, caller: IncidentOwner, uses: Uses) -> PauseEffect:
    """Let what was held pass every check again, and leave if it still may. Somebody else's pause needs its epoch."""
    with transaction(uses.engine) as session:
        runs.existing(session, run_id)
        return _resumed(session, run_id, because, caller, uses)


@router.post("/stop", summary="End a run")
def stop(run_id: UUID, because: Because, caller: MayStop, uses: Uses) -> Effect:
    """End the run; what was sent stays sent."""
    with transaction(uses.engine) as session:
        change = runs.stop(session, run_id, caller.origin, because.reason)
        return ended(session, run_id, change)


def _resumed(session: Session, run_id: UUID, because: ResumeOfRun, caller: Caller, uses: Resources) -> PauseEffect:
    scope = scope_key(PauseScope.RUN, run_id=run_id)
    held_by = pauses.of_scope(session, scope)
    meant = [found for found in held_by if because.epoch in (None, found.epoch)]
    own = [found for found in meant if because.epoch is not None or found.put_by == caller.handle]
    if held_by and not own:
        others = ", ".join(f"epoch {found.epoch} by {found.put_by} ({found.reason})" for found in held_by)
        raise refused(NotAsShown(f"name the epoch of the pause you mean: {others}"))
    for found in own:
        wish = Wish(found.id, found.epoch, None, because.reason)
        previews.resume(session, wish, uses.resuming, caller.origin)
    return effect_of(session, scope, own[-1] if own else None, changed=bool(own))


def ended(session: Session, run_id: UUID, change: runs.Change) -> Effect:
    """Return what a request to end a run has changed."""
    scope = scope_key(PauseScope.RUN, run_id=run_id)
    return Effect(effective_at=now(session), changed=change.changed, in_flight=in_flight(session, scope))
