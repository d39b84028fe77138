"""What QuickBooks sends when something in the books has changed, in both of its shapes, signed."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime
from typing import Any

OPERATIONS = {"Create": "created", "Update": "updated", "Delete": "deleted", "Void": "voided"}


def body_of(realm: str, kind: str, entity: str, operation: str, *, cloud_events: bool) -> bytes:
    """The body that tells of one changed object.

    Args:
        realm: the company.
        kind: of the object, such as `Invoice`.
        entity: its id.
        operation: `Create`, `Update`, `Delete` or `Void`.
        cloud_events: the shape that replaces the older one in 2026.
    """
    now = datetime.now(UTC).isoformat()
    told: Any
    if cloud_events:
        event = {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
            "type": f"qbo.{kind.lower()}.{OPERATIONS[operation]}.v1",
            "datacontenttype": "application/json",
            "time": now,
            "intuitentityid": entity,
            "intuitaccountid": realm,
            "data": {},
        }
        told = [event]
    else:
        changed = {"name": kind, "id": entity, "operation": operation, "lastUpdated": now}
        told = {"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": [changed]}}]}
    return json.dumps(told).encode()


def signature(verifier: str, body: bytes) -> str:
    """The `intuit-signature` of a body."""
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()
