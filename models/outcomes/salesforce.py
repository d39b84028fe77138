"""What Salesforce's outbound messages say: SOAP, up to 100 records in one, delivered at least once and in any order.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm. They are sent by a flow on
Opportunity or Lead, with the fields named here. They carry no signature: the address holds a secret, and the organisation's
id is compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError, fromstring

from models.outcomes.money import minor_value
from models.outcomes.reasons import lost_reason_of
from models.outcomes.told import EvidenceKind, LeadOutcome, ToldOutcome, UnusableOutcome, ValueBasis

LEAD_KEY, REASON = "Agency_Lead_Id__c", "Loss_Reason__c"
_OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
ORGANISATION_CHARACTERS = 15
"""The last three of 18 are a checksum of the others."""
ACK = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
)
"""What Salesforce wants to read; anything else is sent again for 24 hours."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One record of an outbound message. `lead_key` is our own id, empty if the record is not of ours."""

    id: str
    lead_key: str
    told: ToldOutcome


def organisation(raw: bytes) -> str:
    """Return the first 15 characters of the sender's organisation id. Raises UnusableOutcome."""
    return (_body(raw).findtext(f"{_OUTBOUND}OrganizationId") or "")[:ORGANISATION_CHARACTERS]


def notifications(raw: bytes, currency: str) -> list[Notification]:
    """Return what one message says. `currency` is of amounts that name none. Raises UnusableOutcome."""
    return list(_notifications(_body(raw), currency))


def _body(raw: bytes) -> Element:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise UnusableOutcome("not UTF-8") from None
    if "<!" in text:  # neither a document type nor entities: nothing to expand
        raise UnusableOutcome("markup that no outbound message has")
    try:
        found = fromstring(text).find(f".//{_OUTBOUND}notifications")
    except (ParseError, ValueError):
        raise UnusableOutcome("no XML") from None
    if found is None:
        raise UnusableOutcome("no outbound message")
    return found


def _notifications(body: Element, currency: str) -> Iterator[Notification]:
    for one in body.findall(f"{_OUTBOUND}Notification"):
        record = one.find(f"{_OUTBOUND}sObject")
        fields = {field.tag.rpartition("}")[2]: field.text or "" for field in record} if record is not None else {}
        identity = one.findtext(f"{_OUTBOUND}Id") or ""
        if not identity or not fields.get("Id"):
            raise UnusableOutcome("a notification without an id")
        yield Notification(identity, fields.get(LEAD_KEY, ""), _told(fields, currency))


def _told(fields: dict[str, str], currency: str) -> ToldOutcome:
    at, record = _moment(fields), fields["Id"]
    if "IsClosed" not in fields:
        raise UnusableOutcome("a record without IsClosed and IsWon")
    if fields["IsClosed"] != "true":
        return ToldOutcome(LeadOutcome.OPEN, at, EvidenceKind.CRM_DEAL, record)
    if fields.get("IsWon") == "true":
        value = minor_value(fields.get("Amount", ""), fields.get("CurrencyIsoCode") or currency, ValueBasis.QUOTED)
        return ToldOutcome(LeadOutcome.BOOKED, at, EvidenceKind.CRM_DEAL, record, value)
    reason = lost_reason_of(fields.get(REASON, ""))
    return ToldOutcome(LeadOutcome.LOST, at, EvidenceKind.CRM_DEAL, record, lost_reason=reason)


def _moment(fields: dict[str, str]) -> datetime:
    try:
        at = datetime.fromisoformat(fields.get("LastModifiedDate", ""))
    except ValueError:
        raise UnusableOutcome("a record without LastModifiedDate") from None
    if at.tzinfo is None:
        raise UnusableOutcome("a LastModifiedDate without an offset")
    return at
