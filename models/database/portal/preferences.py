"""What a person at a client wants to receive, as they say it themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from models.addresses import address_hash, masked
from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.permission import consent_desk
from models.database.permission.consent import Address, Proof
from models.database.portal.links import Visitor
from models.database.tables.people import ClientContact
from models.event_kinds import EventKind
from models.portal.subscriptions import Subscription
from models.terms import Channel

PORTAL = "portal"
"""The source of an opt-out by this page; its evidence is the link that was used."""


@dataclass(frozen=True, slots=True)
class Reachable:
    """One address of a person, masked, and whether they have opted out of it."""

    channel: Channel
    shown: str
    opted_out: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is sent to a person, and where."""

    receives: frozenset[Subscription]
    addresses: tuple[Reachable, ...]


def of(session: Session, visitor: Visitor) -> Preferences:
    """Return what somebody has chosen."""
    contact = session.get_one(ClientContact, visitor.contact_id)
    return Preferences(
        receives=frozenset(Subscription(one) for one in contact.receives if one in set(Subscription)),
        addresses=tuple(
            Reachable(channel, masked(where), consent_desk.is_opted_out(session, _address(contact, channel, where)))
            for channel, where in _addresses(contact)
        ),
    )


def choose(session: Session, visitor: Visitor, wanted: Collection[Subscription]) -> None:
    """Set what somebody receives; whoever enters them again does not change it any more. Safe to repeat."""
    contact = session.get_one(ClientContact, visitor.contact_id, with_for_update=True)
    contact.chosen_at = now(session)
    others = [one for one in contact.receives if one not in set(Subscription)]
    receives = others + [one.value for one in Subscription if one in wanted]
    if sorted(receives) != sorted(contact.receives):
        contact.receives = receives
        about = Subject(client_id=contact.client_id)
        facts: dict[str, Any] = {"contact": str(contact.id), "receives": receives}
        events.record(session, EventKind.CONTACT_CHANGED, Origin(PORTAL, "contact"), about, **facts)


def opt_out(session: Session, visitor: Visitor, channel: Channel) -> bool:
    """Withdraw the permission for one of somebody's addresses, at once. False if they have none. Safe to repeat."""
    contact = session.get_one(ClientContact, visitor.contact_id)
    where = dict(_addresses(contact)).get(channel)
    if where is None:
        return False
    address = _address(contact, channel, where)
    if not consent_desk.is_opted_out(session, address):
        proof = Proof(PORTAL, "recipient", f"portal_link/{visitor.link_id}")
        consent_desk.opt_out(session, address, proof)
    return True


def _addresses(contact: ClientContact) -> list[tuple[Channel, str]]:
    given = ((Channel.EMAIL, contact.email), (Channel.SMS, contact.phone))
    return [(channel, where) for channel, where in given if where]


def _address(contact: ClientContact, channel: Channel, where: str) -> Address:
    return Address(contact.client_id, channel, address_hash(str(contact.client_id), channel, where))
