"""What the CRM's web hooks say became of leads: kept sealed, taken in once, in the transaction before they are answered.

What cannot be read or belongs to no lead is kept and given to a person; refusing it would only bring the same bytes again.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import outcomes
from models.database.events import Origin
from models.database.inbound.callbacks import UNREADABLE, Stray, set_aside
from models.database.inbound.inbox import store_once
from models.database.outcomes import Statement
from models.database.tables.inbound import Inbox
from models.database.tables.people import Lead
from models.outcomes import hubspot, salesforce, web_hook
from models.outcomes.hubspot import DealChange, Stages
from models.outcomes.told import LeadOutcome, ToldOutcome, UnusableOutcome
from models.sealing import KeyRing

KIND = "outcome"
HUBSPOT, SALESFORCE, WEB_HOOK = "crm_hubspot", "crm_salesforce", "crm_web_hook"
UNKNOWN_LEAD = Stray(
    "orphan",
    "outcome_unmatched",
    "sales-ops",
    "The CRM says what became of a lead that we do not know. Read it (GET /v1/inbox/{id}); if it is one of ours, record the "
    "outcome by hand (comms outcome). Then close this task.",
)
_KEEP = text(
    """
    INSERT INTO deal_property (source, deal_id, name, value, at) VALUES (:source, :deal, :name, :value, :at)
    ON CONFLICT (source, deal_id, name) DO UPDATE SET value = excluded.value, at = excluded.at
    WHERE (excluded.at, excluded.value) > (deal_property.at, deal_property.value)
    """
)
_NEWEST = text("SELECT name, value, at FROM deal_property WHERE source = :source AND deal_id = :deal")
_LEAD_OF_DEAL = text("SELECT lead_id FROM handoff WHERE deal_id = :deal ORDER BY prepared_at DESC LIMIT 1")
_SAID_BEFORE = text("SELECT EXISTS (SELECT 1 FROM outcome WHERE lead_id = :lead AND source = :source)")


def take_hubspot(session: Session, ring: KeyRing, raw: bytes, stages: Stages) -> None:
    """Take in one request of HubSpot's. Deals that we do not know are noted: a handoff may be accepted after its booking."""
    _take(session, ring, HUBSPOT, hashlib.sha256(raw).hexdigest(), raw, lambda inbox_id: _hubspot(
        session, inbox_id, raw, stages
    ))  # fmt: skip


def take_salesforce(session: Session, ring: KeyRing, raw: bytes, currency: str) -> None:
    """Take in one outbound message of Salesforce's."""
    _take(session, ring, SALESFORCE, hashlib.sha256(raw).hexdigest(), raw, lambda inbox_id: _salesforce(
        session, inbox_id, raw, currency
    ))  # fmt: skip


def take_web_hook(session: Session, ring: KeyRing, message_id: str, raw: bytes) -> None:
    """Take in one signed web hook; `message_id` is the same over its repetitions."""
    _take(session, ring, WEB_HOOK, message_id, raw, lambda inbox_id: _web_hook(session, inbox_id, raw))


def take_in(session: Session, source: str, inbox_id: UUID, raw: bytes, stages: Stages, currency: str) -> bool:
    """Let a stored request of a CRM, whose row is locked, take effect. Returns False if it cannot be read.

    Raises:
        KeyError: it is of no CRM.
    """
    readers: dict[str, Callable[[], None]] = {
        HUBSPOT: lambda: _hubspot(session, inbox_id, raw, stages),
        SALESFORCE: lambda: _salesforce(session, inbox_id, raw, currency),
        WEB_HOOK: lambda: _web_hook(session, inbox_id, raw),
    }
    try:
        readers[source]()
    except UnusableOutcome:
        return False
    return True


def tell_of_deal(session: Session, deal_id: str, stages: Stages, inbox_id: UUID | None = None) -> bool:
    """Record what the newest properties of a deal of ours say of its lead, if that is news. Safe to repeat."""
    lead_id = session.execute(_LEAD_OF_DEAL, {"deal": deal_id}).scalar_one_or_none()
    rows = session.execute(_NEWEST, {"source": HUBSPOT, "deal": deal_id}).all()
    newest: dict[str, tuple[str, datetime]] = {row.name: (row.value, row.at) for row in rows}
    told = hubspot.told(deal_id, newest, stages)
    if lead_id is None or told is None:
        return False
    said_before = session.execute(_SAID_BEFORE, {"lead": lead_id, "source": HUBSPOT}).scalar_one()
    if told.outcome is LeadOutcome.OPEN and not said_before:  # the deal is on its way, as every deal is at first
        return False
    said = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
    return outcomes.record(session, lead_id, told, Statement(HUBSPOT, HUBSPOT, f"{deal_id}/{said}", inbox_id))


def _take(session: Session, ring: KeyRing, source: str, key: str, raw: bytes, effect: Callable[[UUID], None]) -> None:
    inbox_id = store_once(session, ring, source, key, KIND, raw)
    if inbox_id is None:
        return
    try:
        effect(inbox_id)
    except UnusableOutcome:
        set_aside(session, inbox_id, UNREADABLE, Origin(source, source))


def _hubspot(session: Session, inbox_id: UUID, raw: bytes, stages: Stages) -> None:
    found = hubspot.changes(raw)
    for change in sorted(found, key=lambda one: (one.deal_id, one.name)):  # in one order, because two may come at once
        session.execute(_KEEP, _property(change))
    for deal_id in sorted({change.deal_id for change in found}):
        tell_of_deal(session, deal_id, stages, inbox_id)


def _salesforce(session: Session, inbox_id: UUID, raw: bytes, currency: str) -> None:
    told = salesforce.notifications(raw, currency)
    _record(session, SALESFORCE, inbox_id, [(one.id, one.lead_key, one.told) for one in told])


def _web_hook(session: Session, inbox_id: UUID, raw: bytes) -> None:
    message_id = session.get_one(Inbox, inbox_id).dedupe_key
    _record(session, WEB_HOOK, inbox_id, [(message_id, *web_hook.read(raw))])


def _record(session: Session, source: str, inbox_id: UUID, found: Sequence[tuple[str, str, ToldOutcome]]) -> None:
    known = {key: _lead(session, key) for _, key, _ in found}
    for event_id, key, told in sorted(found, key=lambda one: one[1]):
        if (lead_id := known[key]) is not None:
            outcomes.record(session, lead_id, told, Statement(source, source, event_id, inbox_id))
    if None in known.values():
        set_aside(session, inbox_id, UNKNOWN_LEAD, Origin(source, source))


def _lead(session: Session, key: str) -> UUID | None:
    try:
        lead = session.get(Lead, UUID(key))
    except ValueError:
        return None
    return lead.id if lead else None


def _property(change: DealChange) -> dict[str, object]:
    return {"source": HUBSPOT, "deal": change.deal_id, "name": change.name, "value": change.value, "at": change.at}
