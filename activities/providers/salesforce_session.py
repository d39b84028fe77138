"""Requests to one Salesforce organisation: a token of its own, renewed once when it has run out; errors by their codes.

Sources: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

import threading
from typing import Any

import httpx

from activities.providers.retry_after import retry_after
from models.crm_settings import CrmSettings
from models.errors import CrmRefusal, TryAgain

MAY_PASS = frozenset(
    {"REQUEST_LIMIT_EXCEEDED", "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "TXN_SECURITY_METERING_ERROR"}
)
"""Refusals that a repetition may not meet again, whatever their status."""
TOKEN_PATH = "/services/oauth2/token"


class SalesforceSession:
    """May be shared by threads.

    Args:
        settings: the organisation's address, client id and secret of the connected app, API version, time limit.
    """

    def __init__(self, settings: CrmSettings) -> None:
        self._client = httpx.Client(
            base_url=settings.base_url,
            timeout=settings.request_timeout.total_seconds(),
            follow_redirects=False,
            trust_env=False,
        )
        self._credentials = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
        }
        self._root = f"/services/data/{settings.api_version}"
        self._token = ""
        self._renewing = threading.Lock()

    def call(self, method: str, path: str, *, missing_is_fine: bool = False, **request: Any) -> Any:
        """Make one request below the API's root; return its JSON, None for 404 if that is fine.

        Raises:
            TryAgain: no answer, 429, 5xx, a locked row, the daily limit.
            CrmRefusal: anything else that is not a yes, with Salesforce's code.
        """
        token = self._token or self._renewed("")
        response = self._request(method, self._root + path, token, **request)
        if response.status_code == 401 and code_of(_json(response)) == "INVALID_SESSION_ID":
            response = self._request(method, self._root + path, self._renewed(token), **request)
        if response.status_code == 404 and missing_is_fine:
            return None
        _check(response)
        return _json(response)

    def _request(self, method: str, path: str, token: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return self._client.request(method, path, headers=headers, **request)
        except httpx.HTTPError as error:
            raise TryAgain(f"Salesforce: {type(error).__name__}") from None

    def _renewed(self, used_up: str) -> str:
        """Return a token that is not `used_up`; asked for once even if many threads find the old one used up."""
        with self._renewing:
            if self._token == used_up:
                response = self._request("POST", TOKEN_PATH, "", data=self._credentials)
                _check(response)
                answer = _json(response)
                if not isinstance(answer, dict) or not answer.get("access_token"):
                    raise TryAgain("Salesforce: an answer without a token")
                self._token = str(answer["access_token"])
            return self._token


def code_of(answer: Any) -> str:
    """Return the code of an error: of the API's list, or of the token endpoint's object. Never its text."""
    first = answer[0] if isinstance(answer, list) and answer else answer
    return str(first.get("errorCode") or first.get("error") or "UNKNOWN") if isinstance(first, dict) else "UNKNOWN"


def refusal(status: int, answer: Any, after: Any = None) -> CrmRefusal | TryAgain:
    """Return what an answer that is not a yes means."""
    code = code_of(answer)
    if status in (408, 429) or status >= 500 or code in MAY_PASS:
        return TryAgain(f"Salesforce answered {status} {code}", after)
    return CrmRefusal(f"Salesforce answered {status} {code}")


def _check(response: httpx.Response) -> None:
    if response.status_code >= 300:
        answer = None if response.status_code >= 500 else _json(response)
        raise refusal(response.status_code, answer, retry_after(response.headers))


def _json(response: httpx.Response) -> Any:
    try:
        return response.json() if response.content else {}
    except ValueError:
        raise TryAgain(f"Salesforce: unreadable answer with {response.status_code}") from None
