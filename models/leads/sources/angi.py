"""Leads of Angi: https://intercom.help/angi/en/articles/15304819.

Angi says whether the person has agreed to automated contact. Without a clear yes and the id of that consent nothing is sent
by a machine; the lead goes to a person.
"""

from models.leads import payload
from models.leads.event import (
    Answer,
    Attribution,
    ConsentOfLead,
    GivenConsent,
    Job,
    LeadEvent,
    Market,
    Money,
    RequestedTime,
    Thread,
)
from models.leads.options import SourceOptions
from models.leads.payload import Fields
from models.leads.terms import Way
from models.terms import Channel, ConsentKind, LeadSource


def read(raw: bytes, _: SourceOptions) -> LeadEvent:
    """Return the event of one authenticated JSON body. Raises UnreadableLead."""
    fields = payload.json_object(raw)
    lead = payload.required(fields, "leadOid")
    first, last = payload.written(fields, "firstName"), payload.written(fields, "lastName")
    if not first and not last:
        first, last = payload.two_names(payload.written(fields, "name"))
    phone = payload.written(fields, "primaryPhone") or payload.written(fields, "secondaryPhone")
    masked = bool(payload.flag(payload.part(fields, "primaryPhoneDetails"), "maskedNumber"))
    return LeadEvent(
        way=Way.ANGI,
        source=LeadSource.ANGI,
        source_event_id=f"lead:{lead}",
        source_lead_id=lead,
        contact=payload.contact(first, last, phone, payload.written(fields, "email"), masked=masked),
        job=Job(
            category=payload.written(fields, "taskName"),
            description=payload.written(fields, "comments", payload.LONG)
            or payload.written(fields, "leadDescription", payload.LONG),
            answers=tuple(
                Answer(question=payload.written(one, "question"), answer=payload.written(one, "answer", payload.LONG))
                for one in payload.parts(fields, "interview")
            ),
            requested_times=_appointment(fields),
        ),
        money=Money(lead_fee=payload.dollars(fields, "fee")),
        consent=_consent(fields),
        attribution=Attribution(campaign=payload.written(fields, "leadSource")),
        market=Market(
            street=payload.written(fields, "address"),
            city=payload.written(fields, "city"),
            region=payload.written(fields, "stateProvince"),
            postal_code=payload.written(fields, "postalCode"),
        ),
        thread=Thread(platform="angi", external_id=payload.written(fields, "srOid")),
    )


def _consent(fields: Fields) -> ConsentOfLead:
    proof = payload.written(fields, "automatedContactConsentId")
    if payload.flag(fields, "automatedContactCompliant") is not True or not proof:
        return ConsentOfLead(automated_ok=False)
    given = tuple(
        GivenConsent(channel=channel, kind=ConsentKind.INFORMATIONAL, source=LeadSource.ANGI, evidence=f"angi/{proof}")
        for channel in Channel
    )
    return ConsentOfLead(automated_ok=True, given=given)


def _appointment(fields: Fields) -> tuple[RequestedTime, ...]:
    at = payload.part(fields, "appointment")
    starts, ends = payload.written(at, "start"), payload.written(at, "end")
    plain = payload.written(fields, "appointment")
    return (RequestedTime(starts=starts or plain, ends=ends),) if starts or plain else ()
