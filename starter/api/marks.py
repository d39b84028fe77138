"""By what a client is recognised in a text: its own marks may appear in what it sends, and in nobody else's."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from models.database import wording_marks
from models.database.engine import transaction
from models.errors import InvalidAddress
from models.wording.surroundings import MarkKind
from starter.api.fields import Key, Strict
from starter.api.scoped import client_addressed
from starter.callers import Anybody, MayRule
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/clients", tags=["Wording"])


class MarkBody(Strict):
    """One mark. Messages that wait because it was in them are checked anew."""

    kind: MarkKind
    value: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)] = Field(
        examples=["acmeplumbing.com"]
    )


class MarkLine(BaseModel, from_attributes=True):
    """A mark as stored, in the one form by which it is recognised."""

    id: UUID
    kind: MarkKind
    value: str
    entered_by: str


@router.get("/{client}/marks", summary="List a client's marks")
def list_marks(client: Key, caller: Anybody, uses: Uses) -> list[MarkLine]:
    """Return the marks that were entered; the client's name and phone count besides."""
    with transaction(uses.engine) as session:
        found = wording_marks.of_client(session, client_addressed(session, caller, client).id)
        return [MarkLine.model_validate(mark) for mark in found]


@router.post("/{client}/marks", status_code=HTTPStatus.CREATED, summary="Enter a mark of a client")
def enter(client: Key, body: MarkBody, caller: MayRule, uses: Uses) -> MarkLine:
    """Enter a mark. Safe to repeat."""
    with transaction(uses.engine) as session:
        try:
            mark = wording_marks.put(
                session, client_addressed(session, caller, client).id, body.kind, body.value, caller.origin
            )
        except InvalidAddress as error:
            raise field_problem("value", str(error)) from None
        return MarkLine.model_validate(mark)


@router.delete("/{client}/marks/{mark_id}", status_code=HTTPStatus.NO_CONTENT, summary="Take a mark away")
def remove(client: Key, mark_id: UUID, caller: MayRule, uses: Uses) -> Response:
    """Take a mark away. What waits is checked anew."""
    with transaction(uses.engine) as session:
        if not wording_marks.remove(session, client_addressed(session, caller, client).id, mark_id, caller.origin):
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no such mark; see GET /v1/clients/{client}/marks")
    return Response(status_code=HTTPStatus.NO_CONTENT)
