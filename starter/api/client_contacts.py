"""The people at a client: who they are, what they receive, and their links to the portal."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import col, select

from models.addresses import normalise
from models.database import client_contacts
from models.database.engine import transaction
from models.database.portal import links
from models.database.tables.people import Client, ClientContact
from models.database.tables.portal import PortalLink
from models.errors import InvalidAddress, UnknownRecord
from models.portal.subscriptions import Subscription
from models.terms import Channel
from starter.api.fields import Key, Reference, Short, Strict
from starter.api.scoped import client_named, readable
from starter.callers import MayStop, SalesOps
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1", tags=["People at clients"])


class ContactBody(Strict):
    """A person at a client who is written to with the client's agreement."""

    client: Key = Field(examples=["acme-plumbing"])
    name: Short = Field(min_length=1, examples=["Pat Owner"])
    email: Annotated[str, Field(max_length=254, examples=["pat@acme.example"])]
    phone: Annotated[str, Field(max_length=40, examples=["+13035550101"])] = ""
    receives: list[Subscription] = Field(
        default_factory=lambda: list(Subscription), description="What they have chosen themselves in the portal stays."
    )
    evidence: Reference = Field(examples=["agreement/2026-04"], description="Where the client's agreement lies.")


class ContactLine(BaseModel):
    """A person as stored."""

    id: UUID
    client: str
    name: str
    email: str
    phone: str
    receives: list[str]
    chosen_at: datetime | None = Field(
        description="When they last chose themselves what they receive; then that stays."
    )
    active: bool


class LinkBody(Strict):
    """Where a link leads, and for how long."""

    post_id: UUID | None = Field(None, description="The post that it opens first; the list if left out.")
    days: int | None = Field(None, ge=1, le=366, description="How long it works; as it is set if left out.")


class NewLink(BaseModel):
    """A link with its address. Whoever has the address can read: give it to nobody but this person."""

    url: str


class LinkLine(BaseModel):
    """A link without its address, which is not kept."""

    id: UUID
    post_id: UUID | None
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None


class Revoked(BaseModel):
    """What became of a revocation."""

    revoked: int = Field(description="How many links open nothing any more that did before.")


@router.post("/client-contacts", status_code=HTTPStatus.CREATED, summary="Enter a person at a client")
def enter(body: ContactBody, caller: SalesOps, uses: Uses) -> ContactLine:
    """Enter a person under client and email address, or change what is known of them. Safe to repeat."""
    contact = ClientContact(
        client_id=UUID(int=0),
        name=body.name,
        email=_normalised(Channel.EMAIL, "email", body.email),
        phone=_normalised(Channel.SMS, "phone", body.phone) if body.phone else "",
        receives=[one.value for one in body.receives],
    )
    with transaction(uses.engine) as session:
        client = client_named(session, caller, body.client)
        contact.client_id = client.id
        entered = client_contacts.enter(session, contact, body.evidence, caller.origin)
        return _line(entered, client.key)


@router.get("/client-contacts", summary="List the people at clients")
def list_contacts(caller: SalesOps, uses: Uses, client: Annotated[Key | None, Query()] = None) -> list[ContactLine]:
    """Return everybody at the caller's clients, by client and email address."""
    query = select(ClientContact, Client.key).join(Client, col(Client.id) == col(ClientContact.client_id))
    with transaction(uses.engine) as session:
        if (whose := readable(session, caller, client)) is not None:
            query = query.where(col(Client.id).in_(whose))
        found = session.exec(query.order_by(col(Client.key), col(ClientContact.email)))
        return [_line(contact, key) for contact, key in found]


@router.post("/client-contacts/{contact_id}/deactivate", summary="Write to a person no more, and close their links")
def deactivate(contact_id: UUID, caller: SalesOps, uses: Uses) -> ContactLine:
    """Note that a person has left. Entered again they are written to again, but their old links stay closed."""
    with transaction(uses.engine) as session:
        contact = client_contacts.deactivate(session, contact_id, caller.origin)
        links.revoke_all(session, contact_id, caller.origin)
        return _line(contact, session.get_one(Client, contact.client_id).key)


@router.post(
    "/client-contacts/{contact_id}/portal-links", status_code=HTTPStatus.CREATED, summary="Get a link to the portal"
)
def issue(contact_id: UUID, body: LinkBody, caller: SalesOps, uses: Uses) -> NewLink:
    """Return a link for this person. One that works for long enough is given again."""
    lasts = timedelta(days=body.days) if body.days else uses.settings.portal.link_lasts
    with transaction(uses.engine) as session:
        path = links.issue(session, contact_id, body.post_id, uses.callback_key, lasts, caller.handle)
    return NewLink(url=f"{uses.settings.public_base_url}{path}")


@router.get("/client-contacts/{contact_id}/portal-links", summary="List a person's links")
def list_links(contact_id: UUID, caller: MayStop, uses: Uses) -> list[LinkLine]:
    """Return their links, the newest first."""
    with transaction(uses.engine) as session:
        if session.get(ClientContact, contact_id) is None:
            raise UnknownRecord(f"there is no contact {contact_id}; see GET /v1/client-contacts")
        return [_link(link) for link in links.of_contact(session, contact_id)]


@router.post("/client-contacts/{contact_id}/portal-links/revoke", summary="Revoke every link of a person")
def revoke_all(contact_id: UUID, caller: MayStop, uses: Uses) -> Revoked:
    """Close all of them, from the answer on. Safe to repeat."""
    with transaction(uses.engine) as session:
        return Revoked(revoked=links.revoke_all(session, contact_id, caller.origin))


@router.post("/portal-links/{link_id}/revoke", summary="Revoke a link")
def revoke(link_id: UUID, caller: MayStop, uses: Uses) -> Revoked:
    """Close one, from the answer on. Safe to repeat."""
    with transaction(uses.engine) as session:
        return Revoked(revoked=int(links.revoke(session, link_id, caller.origin)))


def _normalised(channel: Channel, field: str, written: str) -> str:
    try:
        return normalise(channel, written)
    except InvalidAddress as invalid:
        raise field_problem(field, str(invalid)) from None


def _line(contact: ClientContact, client: str) -> ContactLine:
    return ContactLine(client=client, **contact.model_dump(include=set(ContactLine.model_fields)))


def _link(link: PortalLink) -> LinkLine:
    return LinkLine(**link.model_dump(include=set(LinkLine.model_fields)))
