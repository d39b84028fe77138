"""One person, however often and through however many sources they ask: found by address, kept as one lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.addresses import address_hash
from models.database import intake
from models.database.events import Origin
from models.database.intake import Permission
from models.database.leads.target import Target
from models.database.locks import lock_all
from models.database.tables.leads import LeadEventRow
from models.database.tables.people import Lead
from models.leads.event import LeadEvent
from models.terms import Channel

SAME_PERSON_WITHIN = timedelta(hours=24)
"""Two events of one address within this time are one request."""

_KNOWN = text(
    """
    SELECT e.id AS event_id, e.lead_id, e.run_id, r.closed_at IS NOT NULL AS closed
    FROM lead_event e LEFT JOIN run r ON r.id = e.run_id LEFT JOIN sequence s ON s.id = r.sequence_id
    WHERE e.client_id = :client AND e.lead_id IS NOT NULL AND NOT e.is_test
      AND ((e.phone = :phone AND e.phone <> '') OR (e.email = :email AND e.email <> ''))
      AND (e.received_at > CAST(:at AS timestamptz) - :within OR r.closed_at IS NULL AND s.key = :sequence)
    UNION ALL
    SELECT NULL, l.id, r.id, false FROM lead l JOIN run r ON r.lead_id = l.id JOIN sequence s ON s.id = r.sequence_id
    WHERE l.client_id = :client AND l.phone = :phone AND l.phone <> '' AND r.closed_at IS NULL AND s.key = :sequence
    ORDER BY closed, run_id NULLS LAST LIMIT 1
    """
)
_PERMITTED = text(
    "SELECT EXISTS (SELECT 1 FROM consent WHERE client_id = :client AND address_hash = ANY(:hashes) AND status = 'granted')"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A person who is known already: their lead, and the run that is or was meant for them, if any."""

    event_id: UUID | None
    lead_id: UUID
    run_id: UUID | None
    closed: bool


def lock(session: Session, target: Target, rows: Iterable[LeadEventRow]) -> None:
    """Let nobody else take in the same leads or write to the same people until this transaction ends.

    Of the leads and the addresses of all rows together, because two requests may bring the same ones.
    """
    together = list(rows)
    scopes = {f"lead-event:{row.source_account_id}:{row.source_event_id}" for row in together}
    scopes |= {f"lead:{row.dedupe_key}" for row in together}
    lock_all(session, scopes, (one for row in together for one in hashes(target, row.phone, row.email)))


def known(session: Session, target: Target, row: LeadEventRow) -> Known | None:
    """Return who asked before from the same address of the same client, preferably with an open run, or None."""
    where = {
        "client": target.client.id,
        "phone": row.phone,
        "email": row.email,
        "at": row.received_at,
        "within": SAME_PERSON_WITHIN,
        "sequence": target.sequence.key if target.sequence else "",
    }
    found = session.execute(_KNOWN, where).mappings().first()
    return Known(**found) if found else None


def keep(session: Session, target: Target, event: LeadEvent, region: str | None, received: LeadEventRow) -> Lead:
    """Store the lead that an event tells of, or complete the one that is there."""
    who, where = event.contact, event.market
    utm = {f"utm_{name}": value for name, value in event.attribution.utm.items()}
    attribution = utm | event.attribution.model_dump(mode="json", exclude={"utm"})
    lead = Lead(
        client_id=target.client.id,
        source=event.source,
        # Two accounts of one client may count their leads alike.
        source_lead_id=f"{target.account.account}/{event.source_lead_id}",
        first_name=who.first_name,
        last_name=who.last_name,
        phone=who.phone,
        email=who.email,
        postal_code=where.postal_code,
        region=region,
        service_type=event.job.category,
        urgency=event.job.urgency,
        attribution={name: value for name, value in attribution.items() if value},
        occurred_at=event.occurred_at or received.received_at,
        received_at=received.received_at,
    )
    return intake.keep_lead(session, lead)


def add_to(session: Session, lead_id: UUID, event: LeadEvent, region: str | None) -> Lead:
    """Complete a known lead with what only this event says; what is there stays."""
    lead = session.get_one(Lead, lead_id, with_for_update=True)
    told = {
        "first_name": event.contact.first_name,
        "last_name": event.contact.last_name,
        "phone": event.contact.phone,
        "email": event.contact.email,
        "postal_code": event.market.postal_code,
        "region": region,
        "service_type": event.job.category,
        "urgency": event.job.urgency,
    }
    lead.sqlmodel_update({name: value for name, value in told.items() if value and not getattr(lead, name)})
    session.flush()
    return lead


def permit(session: Session, lead: Lead, event: LeadEvent, received: LeadEventRow, origin: Origin) -> None:
    """Record every permission that the event proves; its proof is the stored request where it names no other."""
    proof = f"inbox/{received.inbox_id}" if received.inbox_id else f"lead-event/{received.id}"
    given = [
        Permission(one.channel, one.kind, one.source, one.wording_version, one.evidence or proof)
        for one in event.consent.given
    ]
    intake.record_permissions(session, lead, given, origin)


def may_be_written_to(session: Session, target: Target, event: LeadEvent) -> bool:
    """Return whether anything proves a permission: the event itself, or what was recorded for the address before."""
    usable = {Channel.SMS: event.contact.phone, Channel.EMAIL: event.contact.email}
    if any(usable[given.channel] for given in event.consent.given):
        return True
    known_by = hashes(target, event.contact.phone, event.contact.email)
    return bool(session.execute(_PERMITTED, {"client": target.client.id, "hashes": known_by}).scalar_one())


def hashes(target: Target, phone: str, email: str) -> list[str]:
    """Return what the addresses of a person are known by."""
    addresses = {Channel.SMS: phone, Channel.EMAIL: email}
    return [address_hash(str(target.client.id), channel, value) for channel, value in addresses.items() if value]
