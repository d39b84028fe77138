"""HubSpot telling what became of deals: changes of properties, in batches, signed by the app's client secret."""

import json
import time
from typing import Any

from deploy.local.players.request import Sent
from starter.webhooks.crm_signatures import hubspot_signature

PATH = "/webhooks/crm/hubspot"


def change(deal_id: str, name: str, value: str, at: float, event_id: int = 1) -> dict[str, Any]:
    """One change of a property, `at` in Unix seconds."""
    return {
        "eventId": event_id,
        "subscriptionId": 25,
        "portalId": 33,
        "appId": 1160452,
        "occurredAt": int(at * 1000),
        "subscriptionType": "deal.propertyChange",
        "attemptNumber": 0,
        "objectId": int(deal_id),
        "propertyName": name,
        "propertyValue": value,
        "changeSource": "CRM_UI",
    }


def sent(changes: list[dict[str, Any]], secret: str, base_url: str, at: float | None = None) -> Sent:
    """Return the request, signed now or `at` (Unix seconds)."""
    raw = json.dumps(changes).encode()
    moment = str(int((time.time() if at is None else at) * 1000))
    headers = {
        "Content-Type": "application/json",
        "X-HubSpot-Request-Timestamp": moment,
        "X-HubSpot-Signature-v3": hubspot_signature(secret, base_url + PATH, raw, moment),
    }
    return Sent(raw, headers)
