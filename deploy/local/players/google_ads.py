"""Leads as a Google Ads lead form posts them: JSON that holds the key."""

import json
from typing import Any

from deploy.local.players.request import Sent


def lead(phone: str, identity: str = "google-lead-1", **changes: Any) -> dict[str, Any]:
    """A lead, without the key."""
    typed = {
        "FULL_NAME": "Wes Birch",
        "PHONE_NUMBER": phone,
        "EMAIL": "wes@example.com",
        "POSTAL_CODE": "80202",
        "CITY": "Denver",
        "REGION": "CO",
    }
    return {
        "lead_id": identity,
        "user_column_data": [
            {"column_name": name.title(), "string_value": value, "column_id": name} for name, value in typed.items()
        ],
        "api_version": "1.0",
        "form_id": 40000000001,
        "campaign_id": 30000000001,
        "gcl_id": "Cj0KCQ-demo",
        "adgroup_id": 20000000001,
        "creative_id": 10000000001,
        "is_test": False,
    } | changes


def sent(body: dict[str, Any], secret: str) -> Sent:
    """Return the request."""
    return Sent(json.dumps(body | {"google_key": secret}).encode(), {"Content-Type": "application/json"})
