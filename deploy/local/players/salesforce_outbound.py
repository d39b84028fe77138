"""Salesforce telling what became of opportunities: an outbound message of a flow."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from deploy.local.players.request import Sent

PATH = "/webhooks/crm/salesforce"
ORGANISATION = "00D5g000001abcdEAA"


def record(lead_id: str, at: float, identity: str = "0065g00000XyZ1AAAV", **fields: str) -> dict[str, str]:
    """The fields of an opportunity, last changed `at` (Unix seconds)."""
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"Id": identity, "Agency_Lead_Id__c": lead_id, "LastModifiedDate": moment, **fields}


def sent(*records: dict[str, str], first_id: int = 1, organisation: str = ORGANISATION) -> Sent:
    """Return the request. A repetition has the same ids."""
    notifications = "".join(
        f'<Notification><Id>04l5g0000{number:05d}</Id><sObject xsi:type="sf:Opportunity" '
        'xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        + "".join(f"<sf:{name}>{escape(value)}</sf:{name}>" for name, value in fields.items())
        + "</sObject></Notification>"
        for number, fields in enumerate(records, first_id)
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
        '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{organisation}</OrganizationId><ActionId>04k5g000000Gabc</ActionId>"
        f'<SessionId xsi:nil="true"/>{notifications}</notifications></soapenv:Body></soapenv:Envelope>'
    )
    return Sent(body.encode(), {"Content-Type": "text/xml; charset=utf-8"})
