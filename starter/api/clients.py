"""Clients: the local service businesses that everything belongs to."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field

from models.database import intake, whose
from models.database.engine import transaction
from models.database.tables.people import Client
from starter.api.fields import Key, Short, Strict
from starter.callers import Anybody, SalesOps
from starter.resources import Uses

router = APIRouter(prefix="/v1/clients", tags=["Clients"])


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("give an IANA time zone, such as America/Denver")
    return name


class ClientBody(Strict):
    """A client. Its name, phone and postal address appear in messages."""

    key: Key = Field(examples=["acme-plumbing"])
    name: Short = Field(min_length=1, examples=["Acme Plumbing"])
    time_zone: Annotated[str, AfterValidator(_zone)] = Field("America/New_York", examples=["America/Denver"])
    postal_address: Short = Field("", examples=["1 Main St, Denver, CO 80202"], description="Shown in every email.")
    phone: Short = Field("", examples=["+13035550100"])


class ClientLine(BaseModel):
    """A client as stored."""

    id: UUID
    key: str
    name: str
    time_zone: str
    postal_address: str
    phone: str


@router.post("", status_code=HTTPStatus.CREATED, summary="Enter a client", responses={200: {"model": ClientLine}})
def enter(body: ClientBody, caller: SalesOps, uses: Uses, response: Response) -> ClientLine:
    """Enter a client under its key: 201. If there is one, change the fields that are given and no other: 200."""
    with transaction(uses.engine) as session:
        known = intake.client_by_key(session, body.key)
        if known is None:
            caller.refuse_unless_for_all()
        else:
            caller.refuse_unless_theirs(known)
        client, created = intake.put_client(session, body.key, body.model_dump(exclude_unset=True, exclude={"key"}))
        line = _line(client)
    if not created:
        response.status_code = HTTPStatus.OK
    return line


@router.get("", summary="List clients")
def list_clients(caller: Anybody, uses: Uses) -> list[ClientLine]:
    """Return every client that the caller works for, by key."""
    with transaction(uses.engine) as session:
        return sorted(map(_line, whose.clients_among(session, caller.clients)), key=lambda line: line.key)


def _line(client: Client) -> ClientLine:
    return ClientLine(**client.model_dump(include=set(ClientLine.model_fields)))
