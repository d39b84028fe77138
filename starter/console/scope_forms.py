"""Scopes as forms and links name them: `everything`, `kind:outreach`, `client:acme-plumbing`, `channel:acme-plumbing:sms`."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.tables.copywriting import Sequence
from models.database.tables.people import Client
from models.terms import PROVIDERS, Channel, PauseScope, RunKind
from starter.console import own_clients, pause_words
from starter.console.visiting import Visit
from starter.problems import field_problem


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
    clients = own_clients.clients_of_visitor(session, visit)
    keys = session.exec(select(Sequence.key).distinct().order_by(col(Sequence.key)))
    named = [(PauseScope.KIND, kind.value) for kind in RunKind]
    named += [(PauseScope.PROVIDER, name) for name in PROVIDERS.values()]
    found = [("everything", "Everything")]
    found += [(f"{kind}:{name}", f"All {pause_words.named(kind, name)}") for kind, name in named]
    for client in clients:
        found.append((f"client:{client.key}", client.name))
        found += [(f"channel:{client.key}:{one}", f"{client.name}: {pause_words.CHANNELS[one]}") for one in Channel]
    return found + [(f"sequence:{key}", f"Sequence {key.replace('_', ' ')}") for key in keys]


def in_words(session: Session, scope: str) -> str:
    """Return what the scope of a row is called, such as `Acme Plumbing: SMS` for `channel:<id>:sms`."""
    kind, _, rest = scope.partition(":")
    match PauseScope(kind):
        case PauseScope.CLIENT:
            return _client(session, rest)
        case PauseScope.CHANNEL:
            client, _, channel = rest.partition(":")
            return f"{_client(session, client)}: {pause_words.CHANNELS[Channel(channel)]}"
        case named:
            return pause_words.named(named, rest)


def what_of(session: Session, scope: str) -> str:
    """Return how forms name the scope of a row."""
    kind, _, rest = scope.partition(":")
    if kind not in (PauseScope.CLIENT, PauseScope.CHANNEL):
        return scope
    client, _, channel = rest.partition(":")
    key = session.get_one(Client, UUID(client)).key
    return f"{kind}:{key}:{channel}" if channel else f"{kind}:{key}"


def _client(session: Session, identity: str) -> str:
    return session.get_one(Client, UUID(identity)).name
