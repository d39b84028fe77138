"""OAuth 2.0 as an offline client uses it: a refresh token for access tokens that end.

https://developers.google.com/identity/protocols/oauth2/web-server#offline
"""

import hmac
import secrets
import time
from collections.abc import Mapping
from typing import NamedTuple

from deploy.local.standins.kit.door import Answer, json_answer

LASTS = 3600


class OAuthClient(NamedTuple):
    """The one client that is known, and what it may show."""

    client_id: str
    client_secret: str
    refresh_token: str


class Tokens:
    """Gives access tokens. They live in memory: after a restart a client refreshes, as it must be able to anyway."""

    def __init__(self, client: OAuthClient) -> None:
        self._client = client
        self._until: dict[str, float] = {}
        self.may_refresh = True

    def refreshed(self, form: Mapping[str, str]) -> Answer:
        """Answer a request of the token endpoint."""
        shown = tuple(form.get(name, "") for name in ("client_id", "client_secret", "refresh_token"))
        if form.get("grant_type") != "refresh_token":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        if not all(map(hmac.compare_digest, shown[:2], self._client[:2])):
            return json_answer({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
        if not self.may_refresh or not hmac.compare_digest(shown[2], self._client.refresh_token):
            return json_answer(
                {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400
            )
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._until[token] = time.monotonic() + LASTS
        granted = {
            "access_token": token,
            "expires_in": LASTS,
            "scope": "https://www.googleapis.com/auth/business.manage",
            "token_type": "Bearer",
        }
        return json_answer(granted, accepted=True)

    def is_good(self, header: str) -> bool:
        """Return whether an `Authorization` header shows a token that has not ended."""
        scheme, _, token = header.partition(" ")
        return scheme == "Bearer" and self._until.get(token, 0.0) > time.monotonic()

    def forget_all(self) -> None:
        """End every access token at once."""
        self._until.clear()
