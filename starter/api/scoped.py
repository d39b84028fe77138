"""For which clients a member of staff may read what is about all of them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime
from sqlmodel import Session

from models.database import intake
from models.database.staff import clients_of
from starter.callers import Caller
from starter.problems import Problem

Since = Annotated[
    AwareDatetime | None, Query(description="Only what changed at this moment or later; with its offset.")
]


def readable(session: Session, caller: Caller, client: str | None) -> list[UUID] | None:
    """Return whose rows the caller may read: those of one client if it is named; None for all.

    Raises Problem (404) for a client that does not exist, and (403) for one that is not theirs.
    """
    theirs = clients_of(session, caller.handle)
    if client is None:
        return theirs
    found = intake.client_by_key(session, client)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no client {client!r}; see GET /v1/clients")
    if theirs is not None and found.id not in theirs:
        raise Problem(HTTPStatus.FORBIDDEN, f"you do not work for {client}")
    return [found.id]
