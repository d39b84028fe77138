"""Which scope a request names: everything, a kind, a provider, a sequence, a client, a channel of a client, a run."""

from uuid import UUID

from pydantic import Field
from sqlmodel import Session

from models.database import runs
from models.database.locks import scope_key
from models.database.permission.scopes import is_known
from models.terms import Channel, PauseScope, RunKind
from starter.api.fields import Key, SequenceKey, Strict
from starter.api.scoped import client_named
from starter.callers import Caller
from starter.problems import field_problem


class ScopeBody(Strict):
    """What is inside a pause."""

    scope: PauseScope
    client: Key | None = Field(None, description="Needed for the scopes `client` and `channel`.")
    channel: Channel | None = Field(None, description="Needed for the scope `channel`.")
    provider: Key | None = Field(None, description="Needed for the scope `provider`, such as `twilio` or `ses`.")
    kind: RunKind | None = Field(None, description="Needed for the scope `kind`.")
    sequence: SequenceKey | None = Field(None, description="Needed for the scope `sequence`: all its versions.")
    run: UUID | None = Field(None, description="Needed for the scope `run`.")


def scope_of(session: Session, caller: Caller, body: ScopeBody) -> str:
    """Return the name of a scope.

    Raises Problem: 422 if what it names is missing or does not exist, 403 if it reaches beyond the caller's clients.
    """
    match body.scope:
        case PauseScope.EVERYTHING:
            caller.refuse_unless_for_all()
            return scope_key(body.scope)
        case PauseScope.KIND | PauseScope.PROVIDER | PauseScope.SEQUENCE:
            caller.refuse_unless_for_all()
            return scope_key(body.scope, name=_named(session, body))
        case PauseScope.RUN:
            if body.run is None:
                raise field_problem("run", "name the run")
            caller.refuse_if_of_others(session, "run", body.run)
            return scope_key(body.scope, run_id=runs.existing(session, body.run).id)
    if body.client is None:
        raise field_problem("client", "name the client")
    client = client_named(session, caller, body.client)
    if body.scope is PauseScope.CHANNEL and body.channel is None:
        raise field_problem("channel", "name the channel")
    return scope_key(body.scope, client.id, body.channel)


def _named(session: Session, body: ScopeBody) -> str:
    """Return the name of a kind, a provider or a sequence that exists: a misspelt one would hold nothing."""
    field = body.scope.value
    name = {"kind": body.kind, "provider": body.provider, "sequence": body.sequence}[field]
    if name is None:
        raise field_problem(field, f"name the {field}")
    if not is_known(session, body.scope, name):
        raise field_problem(field, f"there is no such {field}; a pause of it would hold nothing")
    return name
