"""A client's web site that passes its form on, signed as Standard Webhooks."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from deploy.local.players.request import Sent
from starter.webhooks.standard_webhooks import signature


def lead(phone: str, key: str = "form-1", **changes: Any) -> dict[str, Any]:
    """A form with both boxes ticked."""
    return {
        "idempotency_key": key,
        "submitted_at": datetime.now(UTC).isoformat(),
        "page_url": "https://acme-plumbing.example/quote",
        "landing_url": "https://acme-plumbing.example/?utm_source=newsletter",
        "referrer": "https://www.example.com/",
        "website": "",
        "contact": {
            "first_name": "Vera",
            "last_name": "Moss",
            "phone": phone,
            "email": "vera@example.com",
            "city": "Denver",
            "state": "CO",
            "postal_code": "80202",
        },
        "request": {"service": "water heater", "description": "No warm water.", "urgency": "today", "answers": []},
        "consent": {"sms": True, "email": True, "wording_version": "2026-03"},
        "utm_source": "newsletter",
        "utm_campaign": "winter",
        "gclid": "",
    } | changes


def sent(body: dict[str, Any], secret: str, identity: str = "msg_1", at: float | None = None) -> Sent:
    """Return the request, signed now or `at` (Unix seconds)."""
    return signed(json.dumps(body).encode(), secret, identity, at)


def signed(raw: bytes, secret: str, identity: str = "msg_1", at: float | None = None) -> Sent:
    """Return any bytes as a signed request."""
    moment = str(int(time.time() if at is None else at))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": identity,
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, identity, moment, raw),
    }
    return Sent(raw, headers)
