"""Leads as Angi posts them: JSON with an API key."""

import json
from typing import Any

from deploy.local.players.request import Sent

LEAD = "8d1b5f3e-0000-4000-8000-000000000001"


def lead(phone: str, identity: str = LEAD, *, compliant: object = True, **changes: Any) -> dict[str, Any]:
    """A lead; `compliant` is what Angi says about automated contact."""
    consent = {"automatedContactCompliant": compliant, "automatedContactConsentId": "consent-77" if compliant else None}
    return {
        "name": "Una Frost",
        "firstName": "Una",
        "lastName": "Frost",
        "address": "9 Larch Street",
        "city": "Denver",
        "stateProvince": "CO",
        "postalCode": "80202",
        "primaryPhone": phone,
        "phoneExt": "",
        "secondaryPhone": "",
        "email": "una@example.com",
        "leadOid": identity,
        "srOid": "8d1b5f3e-0000-4000-8000-000000000002",
        "fee": 42.5,
        "taskName": "Install or Replace Faucet",
        "comments": "Two taps, please.",
        "matchType": "Lead",
        "leadDescription": "Standard",
        "spEntityId": 1,
        "spCompanyName": "Acme Plumbing",
        "primaryPhoneDetails": {"maskedNumber": False},
        "contactStatus": None,
        "crmKey": None,
        "leadSource": "AngiesList",
        "trustedFormUrl": "https://cert.example.com/1",
        "interview": [{"question": "Where?", "answer": "Kitchen"}],
        "appointment": None,
        **consent,
    } | changes


def sent(body: dict[str, Any], secret: str) -> Sent:
    """Return the request."""
    return Sent(json.dumps(body).encode(), {"Content-Type": "application/json", "x-api-key": secret})
