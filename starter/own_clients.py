"""What a member of staff who works for some clients only may see and change: what is theirs.

What concerns several clients they see if one of those is theirs, and change if all of them are. What is another client's is
not there for them, like what does not exist.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from models.database import whose
from starter.api.fields import Key
from starter.problems import Problem

_ID: TypeAdapter[Any] = TypeAdapter(UUID)
_NUMBER: TypeAdapter[Any] = TypeAdapter(int)
_KEY: TypeAdapter[Any] = TypeAdapter(Key)
OWNED = {
    "client": ("client", _KEY),
    "contact_id": ("contact", _ID),
    "event_id": ("event", _ID),
    "inbox_id": ("inbox", _ID),
    "incident_id": ("incident", _ID),
    "lead_id": ("lead", _ID),
    "link_id": ("link", _ID),
    "message_id": ("message", _ID),
    "pause_id": ("pause", _ID),
    "post_id": ("post", _ID),
    "report_id": ("report", _ID),
    "rule_id": ("rule", _NUMBER),
    "run_id": ("run", _ID),
    "task_id": ("task", _ID),
}
"""Parameters of paths that name a thing of a client: the kind of thing, and what its id looks like."""
ATTEMPTS_RECORDED = {"approval_id": ("approval", _ID), "draft_id": ("draft", _ID)}
"""The same, but an attempt to change one is let through to the rules of reviewing, which refuse and record it."""
OF_NO_CLIENT = frozenset(
    {
        # what holds for every client
        "audit_id", "inquiry_id", "key", "template_id", "view", "way",
        # what is looked up under the client, report or source that its path or body names
        "account", "cadence", "location", "mark_id", "project", "source", "starts",
        # files of the console, and an address that is its own proof
        "name", "path", "token",
    }
)  # fmt: skip
"""Parameters that name nothing of one client by themselves."""
READING = frozenset({"GET", "HEAD"})


def refuse_what_is_not_theirs(session: Session, request: Request, by: str, clients: frozenset[UUID] | None) -> None:
    """Ask of everything that the path names whose it is. A name that cannot be one is left to the route.

    Raises:
        Problem: 404 for what is not there for them, 403 for a change to what concerns other clients besides theirs.
    """
    if clients is None:
        return
    reads = request.method in READING
    for parameter, (kind, looks) in (OWNED | ATTEMPTS_RECORDED if reads else OWNED).items():
        if parameter not in request.path_params:
            continue
        try:
            named = looks.validate_python(request.path_params[parameter])
        except ValidationError:
            continue
        concerned = whose.clients_of(session, kind, named, by)
        if concerned is None or concerned and not concerned & clients:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no such {_CALLED.get(kind, kind)} of a client you work for")
        if not reads and concerned - clients:
            raise Problem(HTTPStatus.FORBIDDEN, "this concerns other clients too, for which you do not work")


def refuse_of_others(session: Session, kind: str, named: UUID, by: str, clients: frozenset[UUID] | None) -> None:
    """Raise Problem (403) for a thing that a body or query names, if it concerns a client who is not theirs."""
    if clients is not None and (whose.clients_of(session, kind, named, by) or frozenset()) - clients:
        raise Problem(HTTPStatus.FORBIDDEN, f"you do not work for the client of this {_CALLED.get(kind, kind)}")


_CALLED = {"contact": "person", "event": "lead event", "inbox": "inbound request", "link": "portal link"}
