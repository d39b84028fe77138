"""Calls to sources of figures: a refresh token exchanged for access, one request, and what its refusal means."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx

from models.digests.sources import Access
from models.errors import AccessLost, SourceRefusal, TryAgain

_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_SECONDS = 3600


class SourceCalls:
    """The HTTP of one vendor. Reads only, so every call may be repeated.

    Args:
        vendor: as errors name it, such as `QuickBooks`.
        timeout: of one request.
        code_of: returns the vendor's own code of a refusal from its JSON body.
        lost: codes with which the vendor says that it is the access that is gone.
        passing: codes of a refusal that will pass, whatever its status.
    """

    def __init__(
        self,
        vendor: str,
        timeout: timedelta,
        code_of: Callable[[Mapping[str, Any]], str],
        lost: frozenset[str],
        passing: frozenset[str] = frozenset(),
    ) -> None:
        self._vendor = vendor
        self._code_of = code_of
        self._lost = lost
        self._passing = passing
        self._client = httpx.Client(timeout=timeout.total_seconds(), follow_redirects=False, trust_env=False)

    def exchange(self, url: str, refresh_token: str, form: Mapping[str, str], auth: tuple[str, str] | None) -> Access:
        """Exchange a refresh token for access (RFC 6749, section 6).

        Raises:
            AccessLost: the refresh token has expired or was revoked (`invalid_grant`).
            SourceRefusal: our own client is refused.
            TryAgain: nobody answered, or asked to come back later.
        """
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token, **form}
        response = self._sent("POST", url, data=asked, auth=auth, headers={"Accept": "application/json"})
        if response.status_code in (400, 401) and self._json(response).get("error") == "invalid_grant":
            raise AccessLost("invalid_grant")
        if response.status_code >= 300:
            raise SourceRefusal(f"{self._vendor} token {response.status_code}")
        answer = self._json(response)
        if not isinstance(token := answer.get("access_token"), str):
            raise TryAgain(f"{self._vendor}: unreadable answer")
        return Access(token=token, refresh_token=str(answer.get("refresh_token") or refresh_token))

    def call(self, access: Access, method: str, url: str, **request: Any) -> Mapping[str, Any]:
        """Make one request and return its JSON. Raises as `exchange` does."""
        headers = {"Authorization": f"Bearer {access.token}", "Accept": "application/json"}
        response = self._sent(method, url, headers=headers, **request)
        if response.status_code < 300:
            return self._json(response)
        code = self._code_of(self._readable(response))
        if code in self._passing:
            raise TryAgain(f"{self._vendor} answered {response.status_code} {code}", _wait(response))
        if response.status_code == 401 or code in self._lost:
            raise AccessLost(code or str(response.status_code))
        raise SourceRefusal(f"{self._vendor} {response.status_code} {code}".rstrip())

    def _sent(self, method: str, url: str, **request: Any) -> httpx.Response:
        try:
            response = self._client.request(method, url, **request)
        except httpx.HTTPError as error:
            raise TryAgain(f"{self._vendor}: {type(error).__name__}") from None
        if response.status_code in _MAY_PASS:
            raise TryAgain(f"{self._vendor} answered {response.status_code}", _wait(response))
        return response

    def _json(self, response: httpx.Response) -> Mapping[str, Any]:
        try:
            answer = response.json()
        except ValueError:
            raise TryAgain(f"{self._vendor}: unreadable answer") from None
        if not isinstance(answer, dict):
            raise TryAgain(f"{self._vendor}: unreadable answer")
        return answer

    def _readable(self, response: httpx.Response) -> Mapping[str, Any]:
        try:
            return self._json(response)
        except TryAgain:
            return {}


def _wait(response: httpx.Response) -> timedelta | None:
    after = response.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(after), _MOST_SECONDS)) if after.isdigit() else None
