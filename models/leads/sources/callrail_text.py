"""A text to a tracking number, as CallRail reports it: a reply of whoever has that number, or a stranger's for a person.

Form: https://support.callrail.com/hc/en-us/community/posts/5810662527501-What-data-is-sent-with-Webhooks. The address is meant
for "Text message received"; one that was sent has the same fields, and would be a stranger's from the tracking number.
"""

from models.leads import payload
from models.leads.event import Attribution, LeadEvent, Thread
from models.leads.payload import Fields
from models.leads.terms import LeadEventKind, Way
from models.terms import LeadSource


def is_text(fields: Fields) -> bool:
    """Return whether a body tells of a text."""
    return "content" in fields and "source_number" in fields


def read_text(fields: Fields) -> LeadEvent:
    """Return the event of one text. Raises UnreadableLead."""
    text = payload.required(fields, "resource_id")
    thread = payload.written(fields, "thread_resource_id") or payload.written(fields, "conversation_id") or text
    return LeadEvent(
        way=Way.CALLRAIL,
        source=LeadSource.MANUAL,
        kind=LeadEventKind.MESSAGE,
        source_event_id=f"text:{text}",
        source_lead_id=f"thread:{thread}",
        occurred_at=payload.moment(payload.written(fields, "timestamp")),
        contact=payload.contact("", "", payload.required(fields, "source_number"), ""),
        attribution=Attribution(tracking_number=payload.written(fields, "destination_number")),
        thread=Thread(platform="callrail", external_id=thread),
        message=payload.written(fields, "content", payload.LONG),
    )
