"""Addresses that answers to an email come back to: one per message, signed, in letters whose case does not matter.

`reply+TOKEN@domain` answers, `unsub+TOKEN@domain` opts out (RFC 2369, the mailto of List-Unsubscribe).
"""

import base64
import binascii
import hashlib
import hmac
import re
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

_KEYED = b"reply-address|"
_MAC_BYTES = 6
_WRITTEN = re.compile(r"(reply|unsub)\+([a-z2-7]{36})@", re.IGNORECASE)


class MailPurpose(StrEnum):
    """What a mail to one of the addresses asks for."""

    REPLY = "reply"
    UNSUBSCRIBE = "unsub"


class Named(NamedTuple):
    """What an address says: which message is answered, and what for."""

    purpose: MailPurpose
    message_id: UUID


def reply_token(key: bytes, message_id: UUID) -> str:
    """Return the token of a message's addresses: 36 letters and digits, for a local part of at most 64 (RFC 5321)."""
    raw = message_id.bytes + _mac(key, message_id)
    return base64.b32encode(raw).decode().rstrip("=").lower()


def address_for(purpose: MailPurpose, token: str, domain: str) -> str:
    """Return an address that mail comes back to."""
    return f"{purpose}+{token}@{domain}"


def named_by(key: bytes, address: str) -> Named | None:
    """Return what an address says, or None if it is not one of ours."""
    found = _WRITTEN.match(address.strip())
    if found is None:
        return None
    try:
        raw = base64.b32decode(found[2].upper() + "====", casefold=True)
    except binascii.Error:
        return None
    message_id = UUID(bytes=raw[:16])
    if not hmac.compare_digest(raw[16:], _mac(key, message_id)):
        return None
    return Named(MailPurpose(found[1].lower()), message_id)


def _mac(key: bytes, message_id: UUID) -> bytes:
    return hmac.new(key, _KEYED + message_id.bytes, hashlib.sha256).digest()[:_MAC_BYTES]
