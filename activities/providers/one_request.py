"""Twilio's HTTP client, made to send one call as one request and to tell whether a connection was ever there."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.response import BaseHTTPResponse

from models.errors import UnsafeProviderSetting
from models.failpoints import failpoint


class OneRequest(TwilioHttpClient):  # type: ignore[misc]
    """Without pool, retries, redirects or proxies; it keeps the status of the newest answer.

    Args:
        timeout: seconds for the connection, and again for every wait for bytes.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(pool_connections=False, timeout=timeout)
        self.status = 0
        self.retry_after: float | None = None

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Make one request on a connection of its own, which is closed afterwards."""
        kwargs["allow_redirects"] = False
        with fresh_session() as session:
            self.session: requests.Session | None = session
            try:
                response = super().request(*args, **kwargs)
            finally:
                self.session = None
        self.status = response.status_code
        after = (getattr(response, "headers", None) or {}).get("Retry-After", "")
        self.retry_after = float(after) if str(after).isdigit() else None
        return response


def fresh_session() -> requests.Session:
    """Return a session for one request: without retries, and blind to proxies and a .netrc of the environment."""
    session = requests.Session()
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


def check_one_request() -> None:
    """Refuse to start where one call could become several. Raises UnsafeProviderSetting."""
    http = OneRequest(1.0)
    with fresh_session() as session:
        repeats = any(not isinstance(a, HTTPAdapter) or a.max_retries.total for a in session.adapters.values())
        if http.session is not None or http.timeout is None or repeats or session.trust_env:
            raise UnsafeProviderSetting("the Twilio client would keep connections, repeat a send or wait for ever")


def never_connected(error: requests.ConnectionError) -> bool:
    """Return whether `error` came before a byte of the request could leave: refused, no route, no TLS handshake."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


class _Interruptible(HTTPConnection):
    """Has a failpoint in the middle of a request that creates something, and one between its answer's head and body."""

    _creates = False

    def putrequest(self, method: str, *args: Any, **kwargs: Any) -> None:
        self._creates = method == "POST"
        super().putrequest(method, *args, **kwargs)

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        super().endheaders(*args, **kwargs)
        if self._creates:
            failpoint("C4")

    def getresponse(self) -> BaseHTTPResponse:  # type: ignore[override]
        response = super().getresponse()
        if self._creates:
            failpoint("C5")
        return response


class _Secure(_Interruptible, HTTPSConnection):
    """Tells a failed handshake, which is before the request, from a TLS error in the middle of it."""

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:  # what `ssl` raises is one
            raise NewConnectionError(self, type(error).__name__) from error


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Interruptible


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
