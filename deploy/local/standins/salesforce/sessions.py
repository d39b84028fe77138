"""Access tokens of the client-credentials flow. They live in memory: a restarted stand-in knows none.

Source: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm
"""

import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.door import Answer, json_answer
from deploy.local.standins.salesforce.errors import Refused, token_refusal


class Sessions:
    """Opens, checks and ends sessions of one connected app."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._tokens: set[str] = set()

    def open(self, form: Mapping[str, Any]) -> Answer:
        """The answer of the token endpoint."""
        if form.get("grant_type") != "client_credentials":
            return token_refusal("unsupported_grant_type")
        given = str(form.get("client_secret", ""))
        if form.get("client_id") != self._client_id or not hmac.compare_digest(given, self._client_secret):
            return token_refusal("invalid_client")
        token = f"00Dlocal!{secrets.token_urlsafe(32)}"
        self._tokens.add(token)
        body = {
            "access_token": token,
            "token_type": "Bearer",
            "issued_at": str(int(time.time() * 1000)),
            "scope": "api",
        }
        return json_answer(body, accepted=True)

    def check(self, request: web.Request) -> None:
        """Let a request in. Raises Refused (401)."""
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
            raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def expire(self) -> None:
        """End every session."""
        self._tokens.clear()
