"""The people at a client. What they receive needs permission like any other message, and ends with their opt-out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, case, literal
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.database import events
from models.database.events import Origin, Subject
from models.database.permission import consent
from models.database.permission.consent import Address, Proof
from models.database.tables.people import ClientContact
from models.enrollment import Recipient
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.terms import Channel, ConsentKind
from models.zones import whereabouts

AGREEMENT = "agency_agreement"
"""The source of their permission: the client has asked the agency for reports and notices."""


def enter(session: Session, contact: ClientContact, evidence: str, origin: Origin) -> ClientContact:
    """Enter a person under (client, email), or change what is known of them. Safe to repeat.

    What they have chosen themselves to receive stays.

    Args:
        session: the caller's transaction.
        contact: as it should be.
        evidence: where the agreement lies, such as `agreement/2026-04`.
        origin: who enters it.
    """
    given: dict[str, Any] = contact.model_dump(exclude_none=True)
    kept = {name: given[name] for name in ("name", "phone", "active")}
    theirs = case((col(ClientContact.chosen_at).is_(None), given["receives"]), else_=col(ClientContact.receives))
    kept |= {"receives": theirs}
    stored = insert(ClientContact).values(given).on_conflict_do_update(index_elements=["client_id", "email"], set_=kept)
    contact_id = session.execute(stored.returning(col(ClientContact.id))).scalar_one()
    given_addresses = ((Channel.SMS, contact.phone), (Channel.EMAIL, contact.email))
    addresses = (
        Address(contact.client_id, channel, address_hash(str(contact.client_id), channel, address))
        for channel, address in given_addresses
        if address
    )
    # In one order, because two requests may bring the same two addresses.
    for address in sorted(addresses, key=lambda one: one.hash):
        consent.grant(session, address, ConsentKind.INFORMATIONAL, Proof(AGREEMENT, origin.actor, evidence))
        about = Subject(client_id=contact.client_id, channel=address.channel)
        kind = ConsentKind.INFORMATIONAL.name.lower()
        events.record(session, EventKind.CONSENT_GRANTED, origin, about, kind, source=AGREEMENT)
    return session.get_one(ClientContact, contact_id, populate_existing=True)


def deactivate(session: Session, contact_id: UUID, origin: Origin) -> ClientContact:
    """Note that a person has left: nothing goes to them any more. Safe to repeat. Raises UnknownRecord."""
    contact = session.get(ClientContact, contact_id, with_for_update=True)
    if contact is None:
        raise UnknownRecord(f"there is no contact {contact_id}; see GET /v1/client-contacts")
    if contact.active:
        contact.active = False
        about = Subject(origin.actor, contact.client_id)
        events.record(session, EventKind.CONTACT_CHANGED, origin, about, "left", contact=str(contact_id))
    return contact


def who_receive(session: Session, client_id: UUID, what: str) -> Sequence[ClientContact]:
    """Return the active people of a client who receive `reports` or `incidents`, in a stable order."""
    query = select(ClientContact).where(
        col(ClientContact.client_id) == client_id,
        col(ClientContact.active),
        literal(what) == any_(col(ClientContact.receives)),
    )
    return session.exec(query.order_by(col(ClientContact.email))).all()


def recipient(contact: ClientContact, channel: Channel, client_zone: str) -> Recipient | None:
    """Return how to reach a person through a channel, or None if they have given no address for it."""
    address = contact.phone if channel is Channel.SMS else contact.email
    if not address:
        return None
    where = whereabouts(contact.phone or None, None, client_zone, [])
    hashed = address_hash(str(contact.client_id), channel, address)
    return Recipient(address=address, hash=hashed, time_zones=where.zones, places=where.places)
