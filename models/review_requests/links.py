"""The link in a review request: our own, so that its use can be seen; the same for everybody, and it names nobody."""

import base64
import hashlib
import hmac
from uuid import UUID

_PURPOSE = b"review link|"
_BYTES = 12
PATH = "/r"
LENGTH = 16
"""Characters of a token: short, because every character of a text message counts."""


def link_token(key: bytes, run_id: UUID, step: str) -> str:
    """Return the token of one message's link: 16 URL-safe characters that cannot be guessed.

    It is a function of the message, so that planning again renders the same text.

    Args:
        key: the secret that also signs callback tokens; the purpose is part of what is signed.
        run_id: whose message.
        step: which of its messages.
    """
    digest = hmac.new(key, _PURPOSE + run_id.bytes + step.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode()


def review_link(public_base_url: str, token: str) -> str:
    """Return what the message shows."""
    return f"{public_base_url}{PATH}/{token}"
