"""The token of a one-click unsubscribe link (RFC 8058): opaque, signed, without expiry, naming one message."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

_PURPOSE = b"unsubscribe|"
_MAC_BYTES = 16
_TOKEN_BYTES = 16 + _MAC_BYTES


def unsubscribe_token(key: bytes, message_id: UUID) -> str:
    """Return the token that opts the address of a message out: 43 URL-safe characters.

    Args:
        key: the secret that also signs callback tokens; the purpose is part of what is signed, so neither serves as the other.
        message_id: the message that carries the link.
    """
    return base64.urlsafe_b64encode(message_id.bytes + _mac(key, message_id)).decode().rstrip("=")


def message_of(key: bytes, token: str) -> UUID | None:
    """Return the message a token was made for, or None if the token is not one of ours."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _TOKEN_BYTES:
        return None
    message_id = UUID(bytes=raw[:16])
    return message_id if hmac.compare_digest(raw[16:], _mac(key, message_id)) else None


def _mac(key: bytes, message_id: UUID) -> bytes:
    return hmac.new(key, _PURPOSE + message_id.bytes, hashlib.sha256).digest()[:_MAC_BYTES]
