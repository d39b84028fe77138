"""A receiver of our signed web hooks telling what became of a lead, signed in the same way."""

import json
from datetime import UTC, datetime
from typing import Any

from deploy.local.players import web_form
from deploy.local.players.request import Sent

PATH = "/webhooks/crm/outcomes"


def told(lead_id: str, at: float, **outcome: Any) -> dict[str, Any]:
    """The event, as it stood `at` (Unix seconds)."""
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    return {"type": "lead.disposition_set", "timestamp": moment, "data": {"lead_id": lead_id, **outcome}}


def sent(event: dict[str, Any], secret: str, identity: str, at: float | None = None) -> Sent:
    """Return the request, signed now or `at`."""
    return web_form.signed(json.dumps(event).encode(), secret, identity, at)
