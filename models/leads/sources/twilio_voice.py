"""Missed calls from Twilio Voice: status callbacks of a number, and the `action` of a `<Dial>`.

Parameters: https://www.twilio.com/docs/voice/twiml and https://www.twilio.com/docs/voice/twiml/dial.
"""

from models.leads import payload
from models.leads.event import Attribution, ConsentOfLead, GivenConsent, LeadEvent, Market
from models.leads.options import SourceOptions
from models.leads.payload import Fields
from models.leads.terms import Dismissal, LeadEventKind, Way
from models.terms import Channel, ConsentKind, LeadSource

MISSED = frozenset({"busy", "no-answer", "failed", "canceled"})
_ANSWERED = frozenset({"completed", "answered"})
_ANONYMOUS = frozenset(
    {"", "anonymous", "restricted", "unknown", "unavailable", "blocked"}
    | {"+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533"}
)
"""What stands in `From` if the caller withheld the number; the digits spell the words on a keypad."""


def read(raw: bytes, options: SourceOptions) -> LeadEvent:
    """Return the event of one signed form. Raises UnreadableLead."""
    fields = payload.form(raw)
    call = payload.required(fields, "CallSid")
    status = payload.required(fields, "CallStatus")
    direction = payload.required(fields, "Direction")
    dialled = payload.written(fields, "DialCallStatus")
    caller = payload.written(fields, "From")
    ignored = _dismissal(fields, direction, status, dialled, caller, options)
    return LeadEvent(
        way=Way.TWILIO_VOICE,
        source=LeadSource.MISSED_CALL,
        kind=LeadEventKind.OTHER if ignored else LeadEventKind.LEAD,
        source_event_id=f"{call}:{dialled or '-'}:{status}",
        source_lead_id=call,
        occurred_at=payload.moment(payload.written(fields, "Timestamp")),
        ignored=ignored,
        contact=payload.contact("", "", caller, ""),
        consent=ConsentOfLead(
            given=(GivenConsent(channel=Channel.SMS, kind=ConsentKind.CONVERSATIONAL, source=LeadSource.MISSED_CALL),)
        ),
        attribution=Attribution(tracking_number=payload.written(fields, "To")),
        # Twilio knows where the number was issued, which is not where the person is: no postal code.
        market=Market(city=payload.written(fields, "FromCity").title()),
    )


def _dismissal(
    fields: Fields, direction: str, status: str, dialled: str, caller: str, options: SourceOptions
) -> Dismissal | None:
    # Twilio signs names and values run together, so that a captured request can be made to lack a field (`From=x` is
    # signed like `Fromx=`). Whatever may be lacking therefore leads away from a text, and the direction must be there.
    if direction != "inbound":
        return Dismissal.OUTBOUND_CALL
    if status not in MISSED | {"completed"} and dialled not in MISSED | _ANSWERED:
        return Dismissal.CALL_STILL_GOING
    outcome = dialled or status
    seconds = payload.number(fields, "DialCallDuration" if dialled else "CallDuration")
    short = seconds is not None and seconds < options.short_call_seconds
    if outcome not in MISSED and not short:
        return Dismissal.CALL_ANSWERED
    return Dismissal.ANONYMOUS_CALLER if caller.lower() in _ANONYMOUS else None
