"""Leads of a client's own web site, in a form of ours, signed as Standard Webhooks: https://www.standardwebhooks.com.

```
{"idempotency_key", "submitted_at", "page_url", "landing_url", "referrer", "website" (the trap: must stay empty), "test",
 "contact": {"first_name", "last_name", "phone", "email", "street", "city", "state", "postal_code"},
 "request": {"service", "description", "urgency", "answers": [{"question", "answer"}], "times": [{"starts", "ends"}]},
 "consent": {"sms", "email" (the checkboxes), "wording_version"}, "utm_source", …, "gclid"}
```
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
    RequestedTime,
    UnreadableLead,
)
from models.leads.options import SourceOptions
from models.leads.payload import Fields
from models.leads.sources.attribution import utm_of
from models.leads.terms import Dismissal, LeadEventKind, Way
from models.terms import Channel, ConsentKind, LeadSource


def read(raw: bytes, options: SourceOptions) -> LeadEvent:
    """Return the event of one signed JSON body. Raises UnreadableLead."""
    fields = payload.json_object(raw)
    key = payload.required(fields, "idempotency_key")
    submitted = payload.moment(payload.required(fields, "submitted_at"))
    if submitted is None:
        raise UnreadableLead("no_submitted_at")
    page = payload.required(fields, "page_url")
    who, request = payload.part(fields, "contact"), payload.part(fields, "request")
    ignored = Dismissal.SPAM_TRAP if payload.written(fields, "website") else None
    return LeadEvent(
        way=Way.WEB_FORM,
        source=LeadSource.WEB_FORM,
        kind=LeadEventKind.OTHER if ignored else LeadEventKind.LEAD,
        source_event_id=key,
        source_lead_id=key,
        occurred_at=submitted,
        is_test=bool(payload.flag(fields, "test")),
        ignored=ignored,
        contact=payload.contact(
            *(payload.written(who, name) for name in ("first_name", "last_name", "phone", "email"))
        ),
        job=_job(request),
        consent=_consent(payload.part(fields, "consent"), options),
        attribution=Attribution(
            utm=utm_of(fields),
            gclid=payload.written(fields, "gclid"),
            campaign=payload.written(fields, "utm_campaign"),
            landing_url=payload.written(fields, "landing_url", payload.LONG) or page,
            referrer=payload.written(fields, "referrer"),
        ),
        market=Market(
            street=payload.written(who, "street"),
            city=payload.written(who, "city"),
            region=payload.written(who, "state"),
            postal_code=payload.written(who, "postal_code"),
        ),
    )


def _job(request: Fields) -> Job:
    return Job(
        category=payload.written(request, "service"),
        description=payload.written(request, "description", payload.LONG),
        urgency=payload.written(request, "urgency"),
        answers=tuple(
            Answer(question=payload.written(one, "question"), answer=payload.written(one, "answer", payload.LONG))
            for one in payload.parts(request, "answers")
        ),
        requested_times=tuple(
            RequestedTime(starts=payload.written(one, "starts"), ends=payload.written(one, "ends"))
            for one in payload.parts(request, "times")
        ),
    )


def _consent(said: Fields, options: SourceOptions) -> ConsentOfLead:
    """Return what the checkboxes say. A box that is missing is a box that was not ticked."""
    version = payload.written(said, "wording_version")
    kind = options.wordings.get(version, ConsentKind.CONVERSATIONAL)
    given = tuple(
        GivenConsent(channel=channel, kind=kind, source=LeadSource.WEB_FORM, wording_version=version)
        for channel in Channel
        if payload.flag(said, channel) and version
    )
    return ConsentOfLead(automated_ok=bool(given), given=given)
