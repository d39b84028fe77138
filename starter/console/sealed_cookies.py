"""Small things that a browser keeps for us for a while, sealed so that nobody else can have written them."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any

from fastapi import Request, Response

from starter.resources import Resources
from starter.signed_in import cookie_name, served_by_https


class SealedCookie:
    """One kind of cookie.

    Args:
        purpose: what it is for; part of its name and of its seal.
        lasts_seconds: for how long it counts.
    """

    def __init__(self, purpose: str, lasts_seconds: int) -> None:
        self._purpose = purpose
        self._lasts = lasts_seconds

    def keep(self, response: Response, request: Request, uses: Resources, content: Any) -> None:
        """Have the browser keep something that JSON can say."""
        until = int(time.time()) + self._lasts
        kept = base64.urlsafe_b64encode(json.dumps([content, until]).encode()).decode()
        value = f"{kept}.{self._seal(request, uses, kept)}"
        secure = served_by_https(uses)
        response.set_cookie(
            self._name(uses), value, max_age=self._lasts, path="/", secure=secure, httponly=True, samesite="lax"
        )

    def read(self, request: Request, uses: Resources) -> Any:
        """Return what the browser keeps; None if there is nothing, it is too old, another session's, or not ours."""
        kept, _, seal = request.cookies.get(self._name(uses), "").partition(".")
        if not kept or not hmac.compare_digest(self._seal(request, uses, kept).encode(), seal.encode()):
            return None
        try:
            content, until = json.loads(base64.urlsafe_b64decode(kept))
        except (binascii.Error, ValueError):
            return None
        return content if until > time.time() else None

    def forget(self, response: Response, uses: Resources) -> None:
        """Have the browser forget it."""
        secure = served_by_https(uses)
        response.delete_cookie(self._name(uses), path="/", secure=secure, httponly=True, samesite="lax")

    def _name(self, uses: Resources) -> str:
        return f"{cookie_name(uses)}-{self._purpose}"

    def _seal(self, request: Request, uses: Resources, kept: str) -> str:
        session = request.cookies.get(cookie_name(uses), "")
        return hmac.new(uses.approval_key, f"{self._purpose} of {session}: {kept}".encode(), hashlib.sha256).hexdigest()
