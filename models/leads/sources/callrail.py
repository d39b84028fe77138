"""Missed calls, and by way of them forms and texts, from CallRail: https://support.callrail.com/hc/en-us/articles/5711246459149-Webhooks.

The address is meant for "Post-call", "Call modified", "Form submission" and "Text message received". A "Pre-call" request
says `answered: false` while the phone is still ringing; it is told by what only an ended call has.
"""

from models.leads import payload
from models.leads.event import Attribution, ConsentOfLead, GivenConsent, LeadEvent, Market
from models.leads.options import SourceOptions
from models.leads.payload import Fields
from models.leads.sources.attribution import utm_of
from models.leads.sources.callrail_form import read_form
from models.leads.sources.callrail_text import is_text, read_text
from models.leads.terms import Dismissal, LeadEventKind, Way
from models.terms import Channel, ConsentKind, LeadSource

_ONLY_AFTER_THE_END = (
    "recording",
    "recording_duration",
    "landing_page_url",
    "keywords",
    "referrer_domain",
    "lead_status",
)


def read(raw: bytes, options: SourceOptions) -> LeadEvent:
    """Return the event of one signed JSON body. Raises UnreadableLead."""
    fields = payload.json_object(raw)
    if "form_data" in fields:
        return read_form(fields, options)
    if is_text(fields):
        return read_text(fields)
    return _read_call(fields, options)


def _read_call(fields: Fields, options: SourceOptions) -> LeadEvent:
    call = payload.required(fields, "resource_id")
    answered, voicemail = payload.flag(fields, "answered"), bool(payload.flag(fields, "voicemail"))
    ignored = _dismissal(fields, answered, voicemail, options)
    first, last = payload.two_names(payload.written(fields, "customer_name"))
    return LeadEvent(
        way=Way.CALLRAIL,
        source=LeadSource.MISSED_CALL,
        kind=LeadEventKind.OTHER if ignored else LeadEventKind.LEAD,
        source_event_id=f"{call}:{'answered' if answered else 'missed'}:{ignored or 'ended'}",
        source_lead_id=call,
        occurred_at=payload.moment(payload.written(fields, "start_time")),
        ignored=ignored,
        # CallRail writes the caller id of a number it does not know as a place or "Wireless Caller".
        contact=payload.contact(*_person(first, last), payload.written(fields, "customer_phone_number"), ""),
        consent=ConsentOfLead(
            given=(GivenConsent(channel=Channel.SMS, kind=ConsentKind.CONVERSATIONAL, source=LeadSource.MISSED_CALL),)
        ),
        attribution=Attribution(
            utm=utm_of(fields),
            gclid=payload.written(fields, "gclid"),
            tracking_number=payload.written(fields, "tracking_phone_number"),
            campaign=payload.written(fields, "campaign") or payload.written(fields, "source_name"),
            landing_url=payload.written(fields, "landing_page_url", payload.LONG),
            referrer=payload.written(fields, "referrer_domain"),
        ),
        market=Market(city=payload.written(fields, "customer_city")),
    )


def _dismissal(fields: Fields, answered: bool | None, voicemail: bool, options: SourceOptions) -> Dismissal | None:
    if payload.written(fields, "direction") not in ("", "inbound"):
        return Dismissal.OUTBOUND_CALL
    seconds = payload.number(fields, "duration") or 0
    if answered is None or not (seconds or voicemail or any(name in fields for name in _ONLY_AFTER_THE_END)):
        return Dismissal.CALL_STILL_GOING
    if answered and not (voicemail and seconds < options.short_call_seconds):
        return Dismissal.CALL_ANSWERED
    caller = payload.written(fields, "customer_phone_number").lower()
    return Dismissal.ANONYMOUS_CALLER if caller in ("", "anonymous", "restricted", "unavailable") else None


def _person(first: str, last: str) -> tuple[str, str]:
    return ("", "") if "caller" in f"{first} {last}".lower() else (first, last)
