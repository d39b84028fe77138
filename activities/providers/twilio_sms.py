"""SMS by Twilio's own SDK, used so that one send is one request."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from models.errors import TryAgain, UnsafeProviderSetting
from models.provider_answers import Answer, lost_answer, no_connection, twilio_answer
from models.reconciling import Listed
from models.sending import Envelope
from models.settings import TwilioSettings

LIST_LIMIT = 200
VALIDITY_SECONDS = 4 * 3600
"""Twilio drops what it could not hand on within this time, so that a queue cannot deliver at night."""

for noisy in ("twilio.http_client", "urllib3"):
    # Their INFO and DEBUG lines print phone numbers.
    logging.getLogger(noisy).setLevel(logging.WARNING)


class TwilioSms:
    """Sends SMS through a messaging service and lists what was sent.

    Args:
        settings: account, API key, messaging service, base URL (empty means Twilio's own).
        callback_url: the public address of our status web hook; the attempt's token is added to it.
    """

    def __init__(self, settings: TwilioSettings, callback_url: str) -> None:
        self._settings = settings
        self._callback_url = callback_url
        # The SDK imports its resources on first use; do it now, not between a claim and its call.
        http = _OneRequest(1.0)
        self._client(http).messages  # noqa: B018
        if http.session is not None or http.timeout is None:
            raise UnsafeProviderSetting("the Twilio client would keep connections, repeat a send or wait for ever")

    def send(self, envelope: Envelope) -> Answer:
        """Create one message with one request on a fresh connection. Raises nothing."""
        http = _OneRequest(self._settings.request_timeout.total_seconds())
        try:
            message = self._client(http).messages.create(
                to=envelope.to,
                body=envelope.body,
                messaging_service_sid=self._settings.messaging_service_sid,
                status_callback=f"{self._callback_url}/{envelope.token}",
                validity_period=VALIDITY_SECONDS,
            )
            return twilio_answer(http.status, sid=message.sid)
        except TwilioRestException as error:
            return twilio_answer(error.status, error.code, retry_after=http.retry_after)
        except requests.ConnectTimeout as error:
            return no_connection(type(error).__name__)
        except requests.ConnectionError as error:
            return no_connection("ConnectError") if _never_connected(error) else lost_answer(type(error).__name__)
        except Exception as error:  # whatever it was, the request may have been accepted
            return lost_answer(type(error).__name__)

    def sent_to(self, address: str, since: datetime) -> Iterable[Listed]:
        """Return what the account sent to `address` since then, newest first.

        Without Twilio's `DateSent` filter: that date is empty until a message has left, which is what is in doubt.

        Raises:
            TryAgain: Twilio did not answer.
        """
        http = _OneRequest(self._settings.request_timeout.total_seconds())
        try:
            found = []
            for message in self._client(http).messages.stream(to=address, limit=LIST_LIMIT):
                if message.date_created is None or message.date_created < since:
                    break
                if str(message.direction) == "outbound-api":
                    found.append(Listed(message.sid or "", message.to or "", message.body or "", message.date_created))
            return found
        except (TwilioException, requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise TryAgain(f"twilio list: {type(error).__name__}") from None

    def _client(self, http: TwilioHttpClient) -> Client:
        settings = self._settings
        client = Client(
            settings.api_key_sid, settings.api_key_secret.get_secret_value(), settings.account_sid, http_client=http
        )
        if settings.base_url:
            client.api.base_url = settings.base_url
        return client


class _OneRequest(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client without pool, retries, redirects or proxies; it keeps the status of the newest answer."""

    def __init__(self, timeout: float) -> None:
        super().__init__(pool_connections=False, timeout=timeout)
        self.status = 0
        self.retry_after: float | None = None

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Make one request."""
        kwargs["allow_redirects"] = False
        response = super().request(*args, **kwargs)
        self.status = response.status_code
        after = (getattr(response, "headers", None) or {}).get("Retry-After", "")
        self.retry_after = float(after) if str(after).isdigit() else None
        return response


def _never_connected(error: requests.ConnectionError) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def callback_url(public_base_url: str) -> str:
    """Return where Twilio reports, below the public address of the API."""
    split = urlsplit(public_base_url)
    return f"{split.scheme}://{split.netloc}{split.path}/webhooks/twilio/status"
