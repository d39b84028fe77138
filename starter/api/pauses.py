"""Pauses by scope: everything, a client, a channel of a client, a run."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.database import intake
from models.database.engine import transaction
from models.database.locks import scope_key
from models.database.permission import pauses
from models.terms import Channel, PauseScope
from starter.api.controls import Effect, put_pause, put_run_pause
from starter.api.fields import Key, Reason, Strict
from starter.callers import Anybody, IncidentOwner
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/pauses", tags=["Steering"])


class PauseBody(Strict):
    """What to pause or to resume, and why."""

    scope: PauseScope
    client: Key | None = Field(None, description="Needed for the scopes `client` and `channel`.")
    channel: Channel | None = Field(None, description="Needed for the scope `channel`.")
    run: UUID | None = Field(None, description="Needed for the scope `run`.")
    paused: bool
    reason: Reason


class PausedScope(BaseModel):
    """One scope that is paused now."""

    scope: str = Field(examples=["client:6f1f6a3e-54c2-5b0e-9d5a-0f6b8c0a7d11"])
    epoch: int = Field(description="How often this scope was paused or resumed.")
    reason: str
    owner: str
    since: datetime


@router.post("", summary="Pause or resume a scope")
def put(body: PauseBody, caller: IncidentOwner, uses: Uses) -> Effect:
    """Nothing inside the scope is claimed for sending after the answer; what is held passes every check on resume."""
    with transaction(uses.engine) as session:
        if body.scope is PauseScope.RUN:
            if body.run is None:
                raise field_problem("run", "name the run")
            return put_run_pause(session, body.run, body.paused, body.reason, caller)
        return put_pause(session, _scope(session, body), body.paused, body.reason, caller, caller.handle)


@router.get("", summary="What is paused now")
def list_paused(caller: Anybody, uses: Uses) -> list[PausedScope]:
    """Return every paused scope."""
    with transaction(uses.engine) as session:
        return [
            PausedScope(scope=found.scope, epoch=found.epoch, reason=found.reason, owner=found.owner, since=found.at)
            for found in pauses.paused_now(session)
            if found.at is not None
        ]


def _scope(session: Session, body: PauseBody) -> str:
    if body.scope is PauseScope.EVERYTHING:
        return scope_key(body.scope)
    if body.client is None:
        raise field_problem("client", "name the client")
    client = intake.client_by_key(session, body.client)
    if client is None:
        raise field_problem("client", "there is no such client; see GET /v1/clients")
    if body.scope is PauseScope.CHANNEL and body.channel is None:
        raise field_problem("channel", "name the channel")
    return scope_key(body.scope, client.id, body.channel)
