"""Leads of a Google Ads lead form: https://developers.google.com/google-ads/webhook/docs/implementation."""

from models.leads import payload
from models.leads.event import Attribution, ConsentOfLead, GivenConsent, Job, LeadEvent, Market
from models.leads.options import SourceOptions
from models.leads.terms import Way
from models.terms import Channel, ConsentKind, LeadSource


def read(raw: bytes, _: SourceOptions) -> LeadEvent:
    """Return the event of one authenticated JSON body. Raises UnreadableLead."""
    fields = payload.json_object(raw)
    lead = payload.required(fields, "lead_id")
    typed = {
        payload.written(one, "column_id"): payload.written(one, "string_value", payload.LONG)
        for one in payload.parts(fields, "user_column_data")
    }
    first, last = typed.get("FIRST_NAME", ""), typed.get("LAST_NAME", "")
    if not first and not last:
        first, last = payload.two_names(typed.get("FULL_NAME", ""))
    return LeadEvent(
        way=Way.GOOGLE_ADS,
        source=LeadSource.QUOTE_REQUEST,
        source_event_id=f"lead:{lead}",
        source_lead_id=lead,
        is_test=bool(payload.flag(fields, "is_test")),
        contact=payload.contact(first, last, typed.get("PHONE_NUMBER", ""), typed.get("EMAIL", "")),
        job=Job(category=typed.get("SERVICE", "")[: payload.SHORT]),
        consent=ConsentOfLead(
            given=tuple(
                GivenConsent(channel=channel, kind=ConsentKind.CONVERSATIONAL, source=LeadSource.QUOTE_REQUEST)
                for channel in Channel
            )
        ),
        attribution=Attribution(
            gclid=payload.written(fields, "gcl_id"), campaign=payload.written(fields, "campaign_id")
        ),
        market=Market(
            city=typed.get("CITY", ""), region=typed.get("REGION", ""), postal_code=typed.get("POSTAL_CODE", "")
        ),
    )
