"""One row of an imported list. Columns are known by the names that people give them; consent only by what a row proves.

A row proves a permission if it names its kind and where the proof lies: `sms_consent` or `email_consent` is
`conversational`, `informational` or `promotional`, and `consent_evidence` is filled in. A mere "yes" proves nothing that a
regulator would accept (47 CFR 64.1200(f)(9)), so it is refused instead of guessed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from models.leads import payload
from models.leads.event import Attribution, ConsentOfLead, GivenConsent, Job, LeadEvent, Market
from models.leads.sources.attribution import utm_of
from models.leads.terms import Way
from models.terms import Channel, ConsentKind, LeadSource

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "lead_id", "external_id", "record_id", "key"),
    "first_name": ("first_name", "firstname", "first", "given_name"),
    "last_name": ("last_name", "lastname", "last", "surname", "family_name"),
    "name": ("name", "full_name", "fullname", "customer", "customer_name", "contact", "contact_name"),
    "phone": ("phone", "phone_number", "mobile", "mobile_phone", "cell", "cell_phone", "telephone", "primary_phone"),
    "email": ("email", "e_mail", "email_address", "mail"),
    "street": ("street", "address", "address1", "address_1", "street_address"),
    "city": ("city", "town"),
    "region": ("state", "region", "province", "state_province"),
    "postal_code": ("postal_code", "zip", "zip_code", "zipcode", "postcode", "postalcode"),
    "service": ("service", "service_type", "category", "job", "job_type"),
    "description": ("description", "notes", "note", "comments", "comment", "message"),
    "urgency": ("urgency", "priority"),
    "occurred_at": ("occurred_at", "date", "created", "created_at", "submitted_at", "lead_date", "timestamp"),
    "sms_consent": ("sms_consent", "text_consent"),
    "email_consent": ("email_consent",),
    "consent_evidence": ("consent_evidence", "consent_proof"),
    "consent_source": ("consent_source",),
    "consent_wording": ("consent_wording", "consent_wording_version"),
    "gclid": ("gclid",),
    "campaign": ("campaign",),
    "landing_url": ("landing_url", "landing_page"),
    **{f"utm_{name}": (f"utm_{name}",) for name in ("source", "medium", "campaign", "term", "content")},
}
_KNOWN = {written: name for name, several in NAMES.items() for written in several}
_ADDRESSES = frozenset({"phone", "email"})
_FORMATS = tuple(
    f"{day}{clock}"
    for day in (
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%m/%d/%Y",
        "%m/%d/%y",
        "%d/%m/%Y",
        "%d.%m.%Y",
        "%b %d, %Y",
        "%B %d, %Y",
        "%d %b %Y",
    )
    for clock in (
        "",
        " %H:%M",
        " %H:%M:%S",
        " %I:%M %p",
        " %I:%M:%S %p",
        "T%H:%M",
        "T%H:%M:%S",
        ", %H:%M",
        ", %I:%M %p",
    )
)
"""A date with slashes is American, month first, unless it cannot be."""
_KINDS = {kind.name.lower(): kind for kind in ConsentKind}
_NOTHING = frozenset({"", "no", "n", "false", "0", "none", "-"})
_CODE = re.compile(r"[^a-z0-9]+")


class RefusedRow(Exception):
    """A row that cannot be imported. `str(error)` says which column is wrong and what it must be, without its value."""


def column(header: str) -> str | None:
    """Return what a column of this name holds, or None if it is not known."""
    return _KNOWN.get(_CODE.sub("_", header.strip().lower()).strip("_"))


def known_columns(headers: list[str]) -> dict[str, str]:
    """Return the known columns by what they hold.

    Raises:
        RefusedRow: two columns hold the same, or none holds an address.
    """
    found: dict[str, str] = {}
    for header in headers:
        name = column(header)
        if name is None:
            continue
        if name in found:
            raise RefusedRow(f"the columns {found[name]!r} and {header!r} both hold the {name.replace('_', ' ')}")
        found[name] = header
    if not _ADDRESSES & found.keys():
        raise RefusedRow("no column holds a phone number or an email address; name one 'phone' or 'email'")
    return found


def read(values: Mapping[str, str], columns: Mapping[str, str], zone: ZoneInfo) -> LeadEvent:
    """Return the event of one row.

    Args:
        values: the row, by the headers of its file.
        columns: what `known_columns` says of them.
        zone: of moments that name none: the client's.

    Raises:
        RefusedRow: something in it cannot be used.
    """
    row = {name: payload.cleaned(values.get(header) or "", payload.LONG) for name, header in columns.items()}

    def said(name: str) -> str:
        return row.get(name, "")[: payload.SHORT]

    first, last = said("first_name"), said("last_name")
    if not first and not last:
        first, last = payload.two_names(said("name"))
    identity = said("id") or content_key(row)
    return LeadEvent(
        way=Way.IMPORT,
        source=LeadSource.IMPORT,
        source_event_id=identity,
        source_lead_id=identity,
        occurred_at=_moment(said("occurred_at"), zone),
        contact=payload.contact(first, last, said("phone"), said("email")),
        job=Job(category=said("service"), description=row.get("description", ""), urgency=said("urgency")),
        consent=_consent(said),
        attribution=Attribution(
            utm=utm_of(row),
            gclid=said("gclid"),
            campaign=said("campaign"),
            landing_url=row.get("landing_url", ""),
        ),
        market=Market(street=said("street"), city=said("city"), region=said("region"), postal_code=said("postal_code")),
    )


def content_key(row: Mapping[str, str]) -> str:
    """Return what makes a row without an id this row: all it says, wherever its columns stand."""
    told = "\x1f".join(f"{name}={value}" for name, value in sorted(row.items()) if value)
    return f"row:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _consent(said: Callable[[str], str]) -> ConsentOfLead:
    evidence, source = said("consent_evidence"), said("consent_source") or LeadSource.IMPORT
    given = []
    for channel in Channel:
        named = said(f"{channel}_consent").lower()
        if named in _NOTHING:
            continue
        if named not in _KINDS:
            raise RefusedRow(f"{channel}_consent: name the kind that was given: {', '.join(_KINDS)}; or leave it empty")
        if not evidence:
            raise RefusedRow(f"{channel}_consent: say in consent_evidence where the proof lies")
        wording = said("consent_wording")
        given.append(
            GivenConsent(channel=channel, kind=_KINDS[named], source=source, wording_version=wording, evidence=evidence)
        )
    return ConsentOfLead(given=tuple(given))


def _moment(written: str, zone: ZoneInfo) -> datetime | None:
    if not written:
        return None
    if found := payload.moment(written):
        return found
    for layout in _FORMATS:
        try:
            found = datetime.strptime(written, layout).replace(tzinfo=zone)  # noqa: DTZ007  (the zone is set at once)
            return _believable(found.astimezone(UTC))
        except (ValueError, OverflowError):
            continue
    raise RefusedRow("occurred_at: not a date; write it like 2026-11-20 18:05")


def _believable(found: datetime) -> datetime:
    if found.year not in range(2000, 2101):
        raise ValueError
    return found
