"""Whether a web hook is genuine and fresh, as a receiver checks it.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE_SECONDS = 300


def why_refused(secret: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return what is wrong with a web hook, or None."""
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not moment.isdecimal():
        return "webhook-id or webhook-timestamp is missing"
    if abs(time.time() - int(moment)) > TOLERANCE_SECONDS:
        return "webhook-timestamp is too far from now"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(digest).decode()}"
    shown = headers.get("webhook-signature", "").split()
    return None if any(hmac.compare_digest(expected, each) for each in shown) else "webhook-signature does not fit"
