"""A form submission as CallRail reports it, with the fields as each site names them.

Form: https://support.callrail.com/hc/en-us/community/posts/5810662527501-What-data-is-sent-with-Webhooks
"""

from collections.abc import Iterator

from models.leads import payload
from models.leads.event import Answer, Attribution, ConsentOfLead, GivenConsent, Job, LeadEvent, Market
from models.leads.options import SourceOptions
from models.leads.payload import Fields
from models.leads.sources import imported_row
from models.leads.sources.attribution import utm_of
from models.leads.terms import Way
from models.terms import Channel, LeadSource

WORDING = "form"
"""Under this name an account says what its forms permit. Without, a person looks first: nothing in a submission proves it,
and the account may be one that answers missed calls."""


def read_form(fields: Fields, options: SourceOptions) -> LeadEvent:
    """Return the event of one submission. Raises UnreadableLead."""
    form = payload.required(fields, "resource_id")
    written = dict(_fields_of(fields))
    known = {name: text for label, text in written.items() if (name := imported_row.column(label))}
    first, last = payload.two_names(known.get("name") or payload.written(fields, "customer_name"))
    phone = known.get("phone") or payload.written(fields, "customer_phone_number")
    email = known.get("email") or payload.written(fields, "customer_email")
    return LeadEvent(
        way=Way.CALLRAIL,
        source=LeadSource.WEB_FORM,
        source_event_id=f"form:{form}",
        source_lead_id=form,
        occurred_at=payload.moment(payload.written(fields, "submitted_at")),
        contact=payload.contact(known.get("first_name", first), known.get("last_name", last), phone, email),
        job=Job(
            category=known.get("service", ""),
            description=known.get("description", ""),
            answers=tuple(
                Answer(question=label, answer=text)
                for label, text in written.items()
                if imported_row.column(label) is None
            ),
        ),
        consent=_consent(options),
        attribution=Attribution(
            utm=utm_of(fields),
            gclid=payload.written(fields, "gclid"),
            campaign=payload.written(fields, "utm_campaign") or payload.written(fields, "source_name"),
            landing_url=payload.written(fields, "landing_page_url", payload.LONG)
            or payload.written(fields, "form_url", payload.LONG),
            referrer=payload.written(fields, "referrer"),
        ),
        market=Market(
            street=known.get("street", ""),
            city=known.get("city", ""),
            region=known.get("region", ""),
            postal_code=known.get("postal_code", ""),
        ),
    )


def _fields_of(fields: Fields) -> Iterator[tuple[str, str]]:
    """Give each label with what was written: `form_data` is an object, or a list of names and values."""
    pairs = payload.part(fields, "form_data")
    for label in list(pairs)[: payload.MOST]:
        yield payload.cleaned(str(label)), payload.written(pairs, label, payload.LONG)
    for one in payload.parts(fields, "form_data"):
        yield payload.written(one, "name"), payload.written(one, "value", payload.LONG)


def _consent(options: SourceOptions) -> ConsentOfLead:
    kind = options.wordings.get(WORDING)
    if kind is None:
        return ConsentOfLead(automated_ok=False)
    given = (
        GivenConsent(channel=one, kind=kind, source=LeadSource.WEB_FORM, wording_version=WORDING) for one in Channel
    )
    return ConsentOfLead(given=tuple(given))
