"""A verified lead web hook: the raw request sealed and kept, its adapter asked, the event taken in; one transaction."""

import hashlib

from sqlmodel import Session

from models.database.events import Origin
from models.database.inbound.inbox import store_once
from models.database.leads import intake
from models.database.leads.intake import RegionOf
from models.database.leads.rows import row_of
from models.database.leads.target import Target
from models.database.tables.leads import LeadEventRow
from models.leads.adapters import READERS
from models.leads.event import LeadEvent, UnreadableLead
from models.leads.terms import LeadEventKind, Way
from models.sealing import KeyRing
from models.terms import LeadSource

INBOX_KIND = "lead"
_SOURCES = {
    Way.TWILIO_VOICE: LeadSource.MISSED_CALL,
    Way.CALLRAIL: LeadSource.MISSED_CALL,
    Way.THUMBTACK: LeadSource.THUMBTACK,
    Way.ANGI: LeadSource.ANGI,
    Way.WEB_FORM: LeadSource.WEB_FORM,
    Way.GOOGLE_ADS: LeadSource.QUOTE_REQUEST,
}
"""Where a lead came from, as far as its way in alone tells."""


def receive(session: Session, ring: KeyRing, target: Target, raw: bytes, region_of: RegionOf) -> LeadEventRow:
    """Keep a request and take in what it tells. Never refuses it: what cannot be read becomes a person's task.

    The same event again changes nothing, whatever the bytes around it.
    """
    origin = Origin(f"leads_{target.way}", target.account.account)
    try:
        event = READERS[target.way](raw, target.options)
    except UnreadableLead:
        event, readable = _unreadable(target.way, raw), False
    else:
        readable = True
    earlier = intake.earlier_of(session, row_of(event, target, None))
    if earlier is not None:
        return earlier
    key = f"{target.account.account}/{event.source_event_id}"
    inbox_id = store_once(session, ring, f"leads_{target.way}", key, INBOX_KIND, raw)
    if readable:
        return intake.take_in(session, target, event, region_of, origin, inbox_id)
    return intake.keep_unreadable(session, target, row_of(event, target, inbox_id), origin)


def _unreadable(way: Way, raw: bytes) -> LeadEvent:
    identity = f"unreadable:{hashlib.sha256(raw).hexdigest()}"
    return LeadEvent(
        way=way,
        source=_SOURCES[way],
        kind=LeadEventKind.OTHER,
        source_event_id=identity,
        source_lead_id=identity,
    )
