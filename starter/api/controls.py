"""Steering one run: pause, resume, stop, roll back. Each takes effect when its answer is given, and may be repeated."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.database import runs
from models.database.engine import now, transaction
from models.database.locks import scope_key
from models.database.permission import pauses
from models.database.sending.in_flight import in_flight
from models.terms import PauseScope
from starter.api.fields import Reason, Strict
from starter.callers import Caller, IncidentOwner, MayStop
from starter.resources import Uses

router = APIRouter(prefix="/v1/runs/{run_id}", tags=["Steering"])


class Because(Strict):
    """Why it is done."""

    reason: Reason


class Effect(BaseModel):
    """What a control came to. Nothing inside its scope is claimed for sending after `effective_at`."""

    effective_at: datetime
    changed: bool = Field(description="False if it was so before.")
    in_flight: list[UUID] = Field(description="Messages claimed before; each ends as accepted or as never sent.")


@router.post("/pause", summary="Hold a run")
def pause(run_id: UUID, because: Because, caller: IncidentOwner, uses: Uses) -> Effect:
    """Send nothing more until `resume`. Timers run on; replies and opt-outs are still taken in."""
    with transaction(uses.engine) as session:
        return put_run_pause(session, run_id, True, because.reason, caller)


@router.post("/resume", summary="Go on after a pause")
def resume(run_id: UUID, because: Because, caller: IncidentOwner, uses: Uses) -> Effect:
    """Let what was held pass every check again, and leave if it still may."""
    with transaction(uses.engine) as session:
        return put_run_pause(session, run_id, False, because.reason, caller)


@router.post("/stop", summary="End a run")
def stop(run_id: UUID, because: Because, caller: MayStop, uses: Uses) -> Effect:
    """End the run; what was sent stays sent."""
    with transaction(uses.engine) as session:
        change = runs.stop(session, run_id, caller.origin, because.reason)
        return _ended(session, run_id, change)


@router.post("/roll-back", summary="End a run and take back what can be taken back")
def roll_back(run_id: UUID, because: Because, caller: IncidentOwner, uses: Uses) -> Effect:
    """Also after the run has ended. A sent message cannot be recalled; it becomes a task."""
    with transaction(uses.engine) as session:
        change = runs.roll_back(session, run_id, caller.origin, because.reason)
        return _ended(session, run_id, change)


def put_run_pause(session: Session, run_id: UUID, paused: bool, reason: str, caller: Caller) -> Effect:
    """Pause or resume one run."""
    run = runs.existing(session, run_id)
    return put_pause(session, scope_key(PauseScope.RUN, run_id=run_id), paused, reason, caller, run.escalation_owner)


def put_pause(session: Session, scope: str, paused: bool, reason: str, caller: Caller, owner: str) -> Effect:
    """Pause or resume a scope."""
    epoch = pauses.put(session, scope, paused, reason, caller.origin, owner)
    return Effect(effective_at=now(session), changed=epoch is not None, in_flight=in_flight(session, scope))


def _ended(session: Session, run_id: UUID, change: runs.Change) -> Effect:
    scope = scope_key(PauseScope.RUN, run_id=run_id)
    return Effect(effective_at=now(session), changed=change.changed, in_flight=in_flight(session, scope))
