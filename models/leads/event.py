"""The one form of a lead event, whatever way it came in. Every adapter ends here, and intake begins here.

It holds what a source said, cleaned but not believed: whose lead it is, which sequence it starts and who owns it come from
our own configuration, never from these fields.
"""

import hashlib
from datetime import datetime
from decimal import Decimal

from pydantic import Field

from models.frozen import Frozen
from models.leads.terms import Dismissal, LeadEventKind, PhoneKind, Way
from models.terms import Channel, ConsentKind, LeadSource

SCHEMA_VERSION = 1


class Contact(Frozen):
    """Who it is. `phone` is E.164 and `email` lower case, each empty if there is none that can be used."""

    first_name: str = ""
    last_name: str = ""
    phone_written: str = ""
    phone: str = ""
    phone_kind: PhoneKind = PhoneKind.UNKNOWN
    email_written: str = ""
    email: str = ""


class Answer(Frozen):
    """A question of the source and what the person answered."""

    question: str
    answer: str


class RequestedTime(Frozen):
    """When the person would like it, as the source wrote it."""

    starts: str = ""
    ends: str = ""


class Job(Frozen):
    """What the person asks for."""

    category: str = ""
    description: str = ""
    answers: tuple[Answer, ...] = ()
    requested_times: tuple[RequestedTime, ...] = ()
    urgency: str = ""


class Money(Frozen):
    """What the lead cost and what the job was estimated at, in US dollars."""

    lead_fee: Decimal | None = None
    estimate: Decimal | None = None


class GivenConsent(Frozen):
    """One permission that the event proves."""

    channel: Channel
    kind: ConsentKind
    source: str
    wording_version: str = ""
    evidence: str = ""
    """Where the proof lies, if not in the stored request itself."""


class ConsentOfLead(Frozen):
    """What the person permits. `automated_ok` is False if they, or the platform, say no automated messages."""

    automated_ok: bool | None = None
    given: tuple[GivenConsent, ...] = ()


class Attribution(Frozen):
    """Where the lead came from, for reports; nothing is decided on it."""

    utm: dict[str, str] = Field(default_factory=dict)
    gclid: str = ""
    tracking_number: str = ""
    campaign: str = ""
    landing_url: str = ""
    referrer: str = ""


class Market(Frozen):
    """Where the job is. `region` is the two-letter US state that the source wrote; `time_zone` an IANA name."""

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    time_zone: str = ""


class Thread(Frozen):
    """The conversation on the lead's own platform, where it can be answered too."""

    platform: str = ""
    external_id: str = ""


class LeadEvent(Frozen):
    """One event of one source, normalised.

    `source_event_id` makes it this event, `source_lead_id` the lead it tells about; both are unique per account only.
    `occurred_at` is aware, or None if the source does not say; then the moment of its arrival counts.
    """

    schema_version: int = SCHEMA_VERSION
    way: Way
    source: LeadSource
    kind: LeadEventKind = LeadEventKind.LEAD
    source_event_id: str
    source_lead_id: str
    occurred_at: datetime | None = None
    is_test: bool = False
    ignored: Dismissal | None = None
    """Set if the event is no lead."""
    unusable: tuple[str, ...] = ()
    """Names of fields that were there and could not be understood."""
    contact: Contact = Contact()
    job: Job = Job()
    money: Money = Money()
    consent: ConsentOfLead = ConsentOfLead()
    attribution: Attribution = Attribution()
    market: Market = Market()
    thread: Thread = Thread()
    message: str = ""
    """What was written, if it is a message."""


class UnreadableLead(Exception):
    """A verified request is not in the shape its source documents. `str(error)` is a code without personal data."""


def dedupe_key(way: Way, account: str, source_lead_id: str) -> str:
    """Return what makes a lead of one account this lead (sha256, hex)."""
    return hashlib.sha256("\x1f".join((way, account, source_lead_id)).encode()).hexdigest()
