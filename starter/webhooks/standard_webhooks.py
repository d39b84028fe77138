"""Requests signed as Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks, `v1` (HMAC-SHA256)."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import timedelta

TOLERANCE = timedelta(minutes=5)
"""So far may the moment of signing be from now, either way; an older request could be a replay."""
SECRET_PREFIX = "whsec_"  # noqa: S105  (the prefix of every secret of this scheme)


def new_secret(random: bytes) -> str:
    """Return a secret made of random bytes (24 to 64)."""
    return SECRET_PREFIX + base64.b64encode(random).decode()


def signature(secret: str, identity: str, signed_at: str, raw: bytes) -> str:
    """Return the signature of a request. Raises ValueError if the secret is not one of this scheme."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("not a secret of this scheme") from None
    digest = hmac.new(key, f"{identity}.{signed_at}.".encode() + raw, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def is_signed(headers: Mapping[str, str], raw: bytes, secret: str) -> bool:
    """Return whether this secret signed the raw body lately. Several signatures may be given while a secret changes."""
    identity, signed_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not identity or not given or not signed_at.isascii() or not signed_at.isdigit() or len(signed_at) > 12:
        return False
    if abs(time.time() - int(signed_at)) > TOLERANCE.total_seconds():
        return False
    right = signature(secret, identity, signed_at, raw).encode()
    return any(hmac.compare_digest(one.encode(errors="replace"), right) for one in given)
