"""Leads and messages as Thumbtack posts them (version 4): JSON under Basic authorization, without a signature."""

import base64
import json
from typing import Any

from deploy.local.players.request import Sent

NEGOTIATION = "500000000000000001"
DESCRIPTION = "The tap in the kitchen leaks since Sunday."


def lead(phone: str | None, negotiation: str = NEGOTIATION, **changes: Any) -> dict[str, Any]:
    """A `NegotiationCreatedV4`; `changes` are of its data."""
    customer = {"customerID": "400000000000000001", "firstName": "Teo", "lastName": "Quill"}
    data = {
        "negotiationID": negotiation,
        "status": "active",
        "chargeState": "charged",
        "createdAt": "2026-11-20T18:00:00Z",
        "leadPrice": "$25.00",
        "business": {"businessID": "300000000000000001", "displayName": "Acme Plumbing"},
        "customer": customer | ({"phone": phone} if phone is not None else {}),
        "estimate": {"total": "$180.00"},
        "request": {
            "requestID": "200000000000000001",
            "category": {"categoryID": "100000000000000001", "name": "Plumbing Drain Repair"},
            "description": DESCRIPTION,
            "location": {"address1": "7 Aspen Way", "city": "Denver", "state": "CO", "zipCode": "80202"},
            "details": [{"question": "What is broken?", "answer": "A tap"}],
            "proposedTimes": [{"start": "2026-11-23T16:00:00Z", "end": "2026-11-23T18:00:00Z"}],
            "attachments": [],
            "travelPreferences": ["Professional must travel to my address."],
        },
    }
    return {"event": _head("NegotiationCreatedV4"), "data": data | changes}


def message(
    text: str, negotiation: str = NEGOTIATION, identity: str = "600000000000000001", **changes: Any
) -> dict[str, Any]:
    """A `MessageCreatedV4`; `changes` are of its data."""
    data = {
        "messageID": identity,
        "negotiationID": negotiation,
        "customer": {"customerID": "400000000000000001", "firstName": "Teo", "lastName": "Quill"},
        "business": {"businessID": "300000000000000001", "displayName": "Acme Plumbing"},
        "from": "Customer",
        "text": text,
        "sentAt": "2026-11-20T18:00:05Z",
    }
    return {"event": _head("MessageCreatedV4"), "data": data | changes}


def _head(kind: str) -> dict[str, str]:
    return {"eventType": kind, "triggeredAt": "2026-11-20T18:00:01Z", "webhookID": "700000000000000001"}


def sent(body: dict[str, Any], secret: str) -> Sent:
    """Return the request. `secret` is `user:password`."""
    basic = base64.b64encode(secret.encode()).decode()
    return Sent(json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": f"Basic {basic}"})
