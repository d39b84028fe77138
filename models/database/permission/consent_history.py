"""Reading permission: how an address stands, and every event that made it so. Nothing here changes a row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.database.permission.consent import REOPENING_SOURCES, Address
from models.database.tables.consent import Consent
from models.database.tables.people import Lead
from models.explaining.consent import standing as counting
from models.terms import Channel, ConsentKind


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be sent to an address. `covers` is the highest kind of message that is permitted, or None."""

    opted_out: bool
    in_doubt: bool
    lapses_at: datetime | None
    """When the doubt becomes an opt-out unless a person decides before."""
    covers: ConsentKind | None


def standing(session: Session, address: Address) -> Standing:
    """Return how an address stands now, by the same rules as the claim."""
    events = [event.model_dump() for event in history(session, address)]
    counts = counting(events, REOPENING_SOURCES)
    covers = ConsentKind(counts.granted["kind"]) if counts.granted and not counts.opt_out else None
    lapses_at = counts.held["lapses_at"] if counts.held else None
    return Standing(counts.opt_out is not None, counts.held is not None, lapses_at, covers)


def history(session: Session, address: Address) -> list[Consent]:
    """Return every consent event of an address, oldest first."""
    of_address = (
        col(Consent.client_id) == address.client_id,
        col(Consent.channel) == address.channel.value,
        col(Consent.address_hash) == address.hash,
    )
    return list(session.exec(select(Consent).where(*of_address).order_by(col(Consent.id))))


def addresses_of_lead(session: Session, lead_id: UUID) -> list[tuple[Address, str]] | None:
    """Return the addresses of a lead, each with its plain form; None if there is no such lead."""
    lead = session.get(Lead, lead_id)
    if lead is None:
        return None
    known = ((Channel.SMS, lead.phone), (Channel.EMAIL, lead.email))
    return [
        (Address(lead.client_id, channel, address_hash(str(lead.client_id), channel, plain)), plain)
        for channel, plain in known
        if plain
    ]
