"""Finding what is to be explained: by the beginning of an id, or by an address of a client's lead."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import address_hash
from models.terms import Channel

_AT_MOST = 20
_BY_ID = text(
    """
    SELECT 'run' AS kind, id FROM run WHERE id BETWEEN :first AND :last
    UNION ALL SELECT 'message', id FROM message WHERE id BETWEEN :first AND :last
    UNION ALL SELECT 'lead', id FROM lead WHERE id BETWEEN :first AND :last
    UNION ALL SELECT 'lead event', id FROM lead_event WHERE id BETWEEN :first AND :last
    ORDER BY 1, 2 LIMIT :limit
    """
)
_BY_ADDRESS = text(
    """
    SELECT l.id FROM lead l WHERE l.client_id = :client AND (l.phone = :address OR l.email = :address)
    UNION SELECT r.lead_id FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.client_id = :client AND m.channel = :channel AND m.address_hash = :hash AND m.audience = 'contact'
      AND r.lead_id IS NOT NULL
    """
)
_NEWEST_FIRST = text("SELECT id FROM lead WHERE id = ANY(:leads) ORDER BY received_at DESC LIMIT :limit")


class Explainable(StrEnum):
    """What can be explained."""

    RUN = "run"
    MESSAGE = "message"
    LEAD = "lead"
    LEAD_EVENT = "lead event"


class Found(NamedTuple):
    """Something that can be explained."""

    kind: Explainable
    id: UUID


def by_prefix(session: Session, digits: str) -> list[Found]:
    """Return what an id begins with: the hexadecimal digits of it, without dashes. At most twenty."""
    where = {"first": UUID(digits.ljust(32, "0")), "last": UUID(digits.ljust(32, "f")), "limit": _AT_MOST}
    return [Found(Explainable(row.kind), row.id) for row in session.execute(_BY_ID, where)]


def leads_with_address(session: Session, client_id: UUID, channel: Channel, normalised: str) -> list[UUID]:
    """Return the leads of a client that have an address or were written to at it, newest first. At most twenty."""
    hashed = address_hash(str(client_id), channel, normalised)
    where = {"client": client_id, "channel": channel.value, "address": normalised, "hash": hashed}
    leads = list(session.execute(_BY_ADDRESS, where).scalars())
    return list(session.execute(_NEWEST_FIRST, {"leads": leads, "limit": _AT_MOST}).scalars())
