"""Who is signed in in a browser: a cookie that no script can read, and a token that only our own pages can send."""

import hashlib
import hmac
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Response

from models.database import staff_sessions
from models.database.engine import transaction
from starter.resources import Resources, Uses

_FROM_ELSEWHERE = frozenset({"cross-site", "same-site"})


class Browser:
    """The browser that made a request.

    Args:
        request: the request.
        uses: the application's resources.
        handle: who is signed in; None if nobody is.
        cookie: the session's cookie; empty if there is none.
    """

    def __init__(self, request: Request, uses: Resources, handle: str | None, cookie: str) -> None:
        self._key = uses.approval_key
        self.handle = handle
        self.cookie = cookie
        self.comes_from_elsewhere = request.headers.get("sec-fetch-site") in _FROM_ELSEWHERE

    @property
    def csrf(self) -> str:
        """What a form of ours sends along; another site cannot know it."""
        return csrf_token(self._key, self.cookie)

    def sent(self, csrf: str) -> bool:
        """Return whether a form came from a page of ours, shown to this session."""
        return not self.comes_from_elsewhere and hmac.compare_digest(self.csrf.encode(), csrf.encode())


def csrf_token(key: bytes, cookie: str) -> str:
    """Return what a form must bring that was shown to the session of this cookie."""
    return hmac.new(key, f"csrf of {cookie}".encode(), hashlib.sha256).hexdigest()


def _browser(request: Request, uses: Uses) -> Browser:
    cookie = request.cookies.get(cookie_name(uses), "")
    with transaction(uses.engine) as session:
        handle = staff_sessions.handle_of(session, cookie) if cookie else None
    return Browser(request, uses, handle, cookie)


Browsing = Annotated[Browser, Depends(_browser)]
"""A route parameter that gets the browser and who is signed in there."""


def cookie_name(uses: Resources) -> str:
    """Return the cookie's name. With HTTPS its prefix has browsers refuse one that another host has set (RFC 6265bis)."""
    return "__Host-comms" if served_by_https(uses) else "comms"


def keep(response: Response, uses: Resources, token: str, lasts: timedelta) -> None:
    """Have the browser keep a session."""
    seconds = int(lasts.total_seconds())
    response.set_cookie(
        cookie_name(uses), token, max_age=seconds, path="/", secure=served_by_https(uses), httponly=True, samesite="lax"
    )


def forget(response: Response, uses: Resources) -> None:
    """Have the browser forget a session."""
    response.delete_cookie(cookie_name(uses), path="/", secure=served_by_https(uses), httponly=True, samesite="lax")


def served_by_https(uses: Resources) -> bool:
    """Return whether browsers reach this service by HTTPS."""
    return uses.settings.public_base_url.startswith("https:")
