"""From the name of a scope to what is inside: conditions on a message `m` and its run `r`, as SQL that can use an index."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.pausing import PauseCode
from models.terms import PROVIDERS, PauseScope, RunKind

_SEQUENCE = text("SELECT 1 FROM sequence WHERE key = :key LIMIT 1")
Condition = tuple[str, dict[str, Any]]
"""SQL and its parameters."""
HOLDS = f"(p.code <> '{PauseCode.INCIDENT}' OR r.kind <> '{RunKind.INCIDENT_NOTICE}')"
"""Whether pause `p` holds what run `r` sends inside its scope, as SQL: what an incident has paused lets its notices pass."""


def kind_of(scope: str) -> PauseScope:
    """Return which kind of scope a name is of."""
    return PauseScope(scope.partition(":")[0])


def messages_inside(scope: str) -> Condition:
    """Return which messages are inside."""
    kind, _, rest = scope.partition(":")
    match PauseScope(kind):
        case PauseScope.PROVIDER:
            return "m.provider = :inside", {"inside": rest}
        case PauseScope.CLIENT:
            return "m.client_id = :inside", {"inside": UUID(rest)}
        case PauseScope.CHANNEL:
            client, _, channel = rest.partition(":")
            return "m.client_id = :inside AND m.channel = :channel", {"inside": UUID(client), "channel": channel}
        case PauseScope.RUN:
            return "m.run_id = :inside", {"inside": UUID(rest)}
        case _:
            return runs_inside(scope)


def messages_held(scope: str, code: str) -> Condition:
    """Return which messages a pause of a scope for a reason holds: those inside, but see `HOLDS`."""
    inside, values = messages_inside(scope)
    return inside + _but_notices(code), values


def runs_held(scope: str, code: str) -> Condition:
    """Return which runs a pause of a scope for a reason holds: those inside, but see `HOLDS`."""
    inside, values = runs_inside(scope)
    return inside + _but_notices(code), values


def _but_notices(code: str) -> str:
    return f" AND r.kind <> '{RunKind.INCIDENT_NOTICE}'" if code == PauseCode.INCIDENT else ""


def runs_inside(scope: str) -> Condition:
    """Return which runs are inside, as a whole or by one of their messages."""
    kind, _, rest = scope.partition(":")
    match PauseScope(kind):
        case PauseScope.EVERYTHING:
            return "true", {}
        case PauseScope.KIND:
            return "r.kind = :inside", {"inside": rest}
        case PauseScope.SEQUENCE:
            return "r.sequence_id IN (SELECT id FROM sequence WHERE key = :inside)", {"inside": rest}
        case PauseScope.CLIENT:
            return "r.client_id = :inside", {"inside": UUID(rest)}
        case PauseScope.RUN:
            return "r.id = :inside", {"inside": UUID(rest)}
        case PauseScope.CHANNEL | PauseScope.PROVIDER:
            inside, values = messages_inside(scope)
            of_run = f"m.run_id = r.id AND m.audience = 'contact' AND {inside}"
            return f"EXISTS (SELECT 1 FROM message m WHERE {of_run})", values


def is_known(session: Session, scope: PauseScope, name: str) -> bool:
    """Return whether there is a provider, a sequence or a kind of workflow of this name."""
    match scope:
        case PauseScope.PROVIDER:
            return name in PROVIDERS.values()
        case PauseScope.SEQUENCE:
            return session.execute(_SEQUENCE, {"key": name}).first() is not None
        case _:
            return name in set(RunKind)
