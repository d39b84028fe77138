"""Reading permission: how an address stands, and every event that made it so. Nothing here changes a row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.database.permission.consent import REOPENING_SOURCES, Address
from models.database.tables.consent import Consent
from models.database.tables.people import Lead
from models.terms import Channel, ConsentKind

_STANDING = text(
    """
    SELECT coalesce(revoked, 0) > coalesce(reopened, 0) AS opted_out,
        coalesce(held, 0) > greatest(coalesce(released, 0), coalesce(revoked, 0)) AS in_doubt,
        (SELECT lapses_at FROM consent WHERE id = held) AS lapses_at,
        coalesce((SELECT max(kind) FROM consent c WHERE c.client_id = :client AND c.channel = :channel
            AND c.address_hash = :address AND c.status = 'granted' AND c.id > coalesce(revoked, 0)), 0) AS rung
    FROM (SELECT max(id) FILTER (WHERE status = 'revoked') AS revoked, max(id) FILTER (WHERE status = 'held') AS held,
            max(id) FILTER (WHERE status = 'released') AS released,
            max(id) FILTER (WHERE status = 'granted' AND source = ANY(:reopening)) AS reopened
        FROM consent WHERE client_id = :client AND channel = :channel AND address_hash = :address) newest
    """
)


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
    row = session.execute(_STANDING, address.where | {"reopening": list(REOPENING_SOURCES)}).one()
    covers = ConsentKind(row.rung) if row.rung and not row.opted_out else None
    return Standing(row.opted_out, row.in_doubt, row.lapses_at if row.in_doubt else None, covers)


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
