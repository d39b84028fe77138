"""The client and the colleague that a request names, and whose rows a member of staff may read."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime
from sqlmodel import Session

from models.database import intake, staff
from models.database.tables.people import Client
from models.terms import Role
from starter.callers import Caller
from starter.problems import Problem, field_problem

Since = Annotated[
    AwareDatetime | None, Query(description="Only what changed at this moment or later; with its offset.")
]


def client_named(session: Session, caller: Caller, key: str, field: str = "client") -> Client:
    """Return the client that a field of a body names.

    Raises Problem: 422 for one that does not exist, 403 for one that is not theirs.
    """
    found = intake.client_by_key(session, key)
    if found is None:
        raise field_problem(field, "there is no such client; see GET /v1/clients, or enter it with POST /v1/clients")
    caller.refuse_unless_theirs(found)
    return found


def client_addressed(session: Session, caller: Caller, key: str) -> Client:
    """Return the client that a path or query names.

    Raises Problem: 404 for one that does not exist, 403 for one that is not theirs.
    """
    found = intake.client_by_key(session, key)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no client {key!r}; see GET /v1/clients")
    caller.refuse_unless_theirs(found)
    return found


def refuse_unless_works_for(
    session: Session, handle: str | None, clients: Collection[UUID], field: str = "owner", role: Role | None = None
) -> None:
    """Let pass whom a body names to be responsible for something of these clients, and nobody at all.

    Raises Problem: 422 for a handle of nobody active, or of somebody without the role or who does not work for them all.
    """
    if handle is None:
        return
    if not staff.is_active(session, handle, role):
        needed = f" with the role {role}" if role else ""
        raise field_problem(field, f"there is no active member of staff of this handle{needed}")
    if not staff.works_for(session, handle, clients):
        raise field_problem(field, "this member of staff does not work for the client; see `comms staff list`")


def readable(session: Session, caller: Caller, client: str | None) -> list[UUID] | None:
    """Return whose rows the caller may read: those of one client if it is named; None for all.

    Raises Problem as `client_addressed` does.
    """
    return caller.only if client is None else [client_addressed(session, caller, client).id]
