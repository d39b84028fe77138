"""Leads and messages of Thumbtack, webhook version 4: https://developers.thumbtack.com/docs/pro-integrations/businesses.

A message may come before its lead. What the customer writes first is the description of the request, which the lead brings
again: https://developers.thumbtack.com/docs/messages/troubleshooting.
"""

import re

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
    UnreadableLead,
)
from models.leads.options import SourceOptions
from models.leads.payload import Fields
from models.leads.terms import Dismissal, LeadEventKind, Way
from models.terms import Channel, ConsentKind, LeadSource

_LEAD, _MESSAGE = "NegotiationCreatedV4", "MessageCreatedV4"
_NO_LEAD = ("ReviewCreatedV4", "IncentiveUsedV4")
_TEST_PHONE = "1234567890"
_TEST_BUSINESS = "test business for webhooks"
_DIGITS = re.compile(r"\D")


def read(raw: bytes, _: SourceOptions) -> LeadEvent:
    """Return the event of one authenticated JSON body. Raises UnreadableLead."""
    body = payload.json_object(raw)
    head, data = payload.part(body, "event"), payload.part(body, "data")
    kind = payload.required(head, "eventType")
    if kind == _LEAD:
        return _lead(head, data)
    if kind == _MESSAGE:
        return _message(head, data)
    if kind in _NO_LEAD:
        identity = f"{kind}:{payload.written(head, 'triggeredAt')}:{payload.written(data, 'reviewID')}"
        return LeadEvent(
            way=Way.THUMBTACK,
            source=LeadSource.THUMBTACK,
            kind=LeadEventKind.OTHER,
            source_event_id=identity,
            source_lead_id=identity,
            ignored=Dismissal.NOT_ABOUT_A_LEAD,
        )
    raise UnreadableLead("unknown_event_type")


def _lead(head: Fields, data: Fields) -> LeadEvent:
    negotiation = payload.required(data, "negotiationID")
    customer, request = payload.part(data, "customer"), payload.part(data, "request")
    place = payload.part(request, "location")
    phone = payload.written(customer, "phone")
    return LeadEvent(
        way=Way.THUMBTACK,
        source=LeadSource.THUMBTACK,
        source_event_id=f"negotiation:{negotiation}",
        source_lead_id=negotiation,
        occurred_at=payload.moment(payload.written(data, "createdAt") or payload.written(head, "triggeredAt")),
        is_test=_is_test(data, phone),
        contact=payload.contact(
            payload.written(customer, "firstName"), payload.written(customer, "lastName"), phone, "",
            masked=any(mark in phone for mark in "*xX•"),
        ),
        job=Job(
            category=payload.written(payload.part(request, "category"), "name"),
            description=payload.written(request, "description", payload.LONG),
            answers=tuple(
                Answer(question=payload.written(one, "question"), answer=payload.written(one, "answer", payload.LONG))
                for one in payload.parts(request, "details")
            ),
            requested_times=tuple(
                RequestedTime(starts=payload.written(one, "start"), ends=payload.written(one, "end"))
                for one in payload.parts(request, "proposedTimes")
            ),
        ),
        money=Money(
            lead_fee=payload.dollars(data, "leadPrice"),
            estimate=payload.dollars(payload.part(data, "estimate"), "total"),
        ),
        # The customer asked this business through Thumbtack and gave the number for the answer.
        consent=ConsentOfLead(
            given=(GivenConsent(channel=Channel.SMS, kind=ConsentKind.CONVERSATIONAL, source=LeadSource.THUMBTACK),)
        ),
        attribution=Attribution(campaign="Thumbtack"),
        market=Market(
            street=payload.written(place, "address1"),
            city=payload.written(place, "city"),
            region=payload.written(place, "state"),
            postal_code=payload.written(place, "zipCode"),
        ),
        thread=Thread(platform="thumbtack", external_id=negotiation),
    )  # fmt: skip


def _message(head: Fields, data: Fields) -> LeadEvent:
    message, negotiation = payload.required(data, "messageID"), payload.required(data, "negotiationID")
    by_customer = payload.written(data, "from") == "Customer"
    customer = payload.part(data, "customer")
    return LeadEvent(
        way=Way.THUMBTACK,
        source=LeadSource.THUMBTACK,
        kind=LeadEventKind.MESSAGE if by_customer else LeadEventKind.OTHER,
        source_event_id=f"message:{message}",
        source_lead_id=negotiation,
        occurred_at=payload.moment(payload.written(data, "sentAt") or payload.written(head, "triggeredAt")),
        is_test=_is_test(data, payload.written(customer, "phone")),
        ignored=None if by_customer else Dismissal.FROM_THE_BUSINESS,
        contact=payload.contact(payload.written(customer, "firstName"), payload.written(customer, "lastName"), "", ""),
        thread=Thread(platform="thumbtack", external_id=negotiation),
        message=payload.written(data, "text", payload.LONG),
    )


def _is_test(data: Fields, phone: str) -> bool:
    business = payload.part(data, "business")
    name = payload.written(business, "displayName") or payload.written(business, "name")
    return _DIGITS.sub("", phone).removeprefix("+1") == _TEST_PHONE or name.lower() == _TEST_BUSINESS
