"""Scopes as forms and links name them: `everything`, `kind:outreach`, `client:acme-plumbing`, `channel:acme-plumbing:sms`."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.database import whose
from models.database.tables.copywriting import Sequence
from models.database.tables.people import Client
from models.terms import PROVIDERS, Channel, PauseScope, RunKind
from starter import scope_words
from starter.console.visiting import Visit
from starter.problems import field_problem
from starter.scope_words import CHANNELS


def fields_of(what: str) -> dict[str, Any]:
    """Return the fields of a `ScopeBody`. Raises Problem (422) if this names no scope."""
    kind, _, rest = what.strip().partition(":")
    if kind not in set(PauseScope):
        raise field_problem("what", "choose what to hold")
    if kind == PauseScope.EVERYTHING:
        return {"scope": kind}
    if kind == PauseScope.CHANNEL:
        client, _, channel = rest.rpartition(":")
        return {"scope": kind, "client": client, "channel": channel}
    return {"scope": kind, kind: rest}


def choices(session: Session, visit: Visit) -> list[tuple[str, str]]:
    """Return every scope that a visitor can choose from a list, with what it is called."""
    found = [] if visit.caller.clients is not None else _of_every_client(session)
    for client in whose.clients_among(session, visit.caller.clients):
        found.append((f"client:{client.key}", client.name))
        found += [(f"channel:{client.key}:{one}", f"{client.name}: {CHANNELS[one]}") for one in Channel]
    return found


def _of_every_client(session: Session) -> list[tuple[str, str]]:
    keys = session.exec(select(Sequence.key).distinct().order_by(col(Sequence.key)))
    named = [(PauseScope.KIND, kind.value) for kind in RunKind]
    named += [(PauseScope.PROVIDER, name) for name in PROVIDERS.values()]
    found = [("everything", "Everything")]
    found += [(f"{kind}:{name}", f"All {scope_words.named(kind, name)}") for kind, name in named]
    return found + [(f"sequence:{key}", f"Sequence {key.replace('_', ' ')}") for key in keys]


def what_of(session: Session, scope: str) -> str:
    """Return how forms name the scope of a row."""
    kind, _, rest = scope.partition(":")
    if kind not in (PauseScope.CLIENT, PauseScope.CHANNEL):
        return scope
    client, _, channel = rest.partition(":")
    key = session.get_one(Client, UUID(client)).key
    return f"{kind}:{key}:{channel}" if channel else f"{kind}:{key}"
