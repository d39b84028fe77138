"""One sentence for the next page: what was just done. It travels in a signed cookie, and is shown once."""

import base64
import binascii
import hashlib
import hmac
import json
import time

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from starter.resources import Resources
from starter.signed_in import cookie_name, served_by_https

LASTS_SECONDS = 60
MOST_CHARACTERS = 600


class Back(RedirectResponse):
    """Leads on after something was done; `said` is shown there."""

    def __init__(self, to: str, said: str) -> None:
        super().__init__(to, 303)
        self.said = said[:MOST_CHARACTERS]


def said_to(request: Request, uses: Resources) -> str:
    """Return the sentence that waits for this browser; empty if there is none, it is old, or not ours."""
    kept, _, seal = request.cookies.get(_name(uses), "").partition(".")
    if not kept or not hmac.compare_digest(_seal(request, uses, kept), seal.encode()):
        return ""
    try:
        said, until = json.loads(base64.urlsafe_b64decode(kept))
    except (binascii.Error, ValueError):
        return ""
    return str(said) if until > time.time() else ""


def keep_saying(response: Response, request: Request, uses: Resources, said: str) -> None:
    """Have the browser bring a sentence to its next page."""
    until = int(time.time()) + LASTS_SECONDS
    kept = base64.urlsafe_b64encode(json.dumps([said, until]).encode()).decode()
    value = f"{kept}.{_seal(request, uses, kept).decode()}"
    response.set_cookie(
        _name(uses),
        value,
        max_age=LASTS_SECONDS,
        path="/",
        secure=served_by_https(uses),
        httponly=True,
        samesite="lax",
    )


def forget_saying(response: Response, uses: Resources) -> None:
    """Have the browser forget the sentence, which has been shown."""
    response.delete_cookie(_name(uses), path="/", secure=served_by_https(uses), httponly=True, samesite="lax")


def _name(uses: Resources) -> str:
    return f"{cookie_name(uses)}-said"


def _seal(request: Request, uses: Resources, kept: str) -> bytes:
    session = request.cookies.get(cookie_name(uses), "")
    sealed = hmac.new(uses.approval_key, f"said to {session}: {kept}".encode(), hashlib.sha256)
    return sealed.hexdigest().encode()
