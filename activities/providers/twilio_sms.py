"""SMS by Twilio's own SDK, used so that one send is one request."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

import requests
from twilio.base.exceptions import TwilioRestException

from activities.providers.one_request import OneRequest, check_one_request, never_connected
from activities.providers.twilio_client import PAGE, client_of, created_since, missing_setting, reading
from models.provider_answers import Answer, lost_answer, no_connection, not_set_up, twilio_answer
from models.provider_settings import TwilioSettings
from models.reconciling import Listed
from models.sending import Envelope

LONGEST_VALIDITY = timedelta(hours=4)
"""Twilio drops what it could not hand on within this time, or before the envelope's own time is over if that is sooner,
so that a queue cannot deliver at night."""

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
        client_of(settings, OneRequest(1.0)).messages  # noqa: B018
        check_one_request()

    def send(self, envelope: Envelope) -> Answer:
        """Create one message with one request on a fresh connection. Raises nothing."""
        if missing := missing_setting(self._settings):
            return not_set_up(f"no {missing}")
        http = OneRequest(self._settings.request_timeout.total_seconds())
        try:
            message = client_of(self._settings, http).messages.create(
                to=envelope.to,
                body=envelope.body,
                messaging_service_sid=self._settings.messaging_service_sid,
                status_callback=f"{self._callback_url}/{envelope.token}",
                validity_period=_validity_seconds(envelope),
            )
            return twilio_answer(http.status, sid=message.sid)
        except TwilioRestException as error:
            code = error.code if isinstance(error.code, int) else None  # the SDK passes on whatever the JSON holds
            return twilio_answer(error.status, code, retry_after=http.retry_after)
        except requests.ConnectTimeout as error:
            return no_connection(type(error).__name__)
        except requests.ConnectionError as error:
            return no_connection("ConnectError") if never_connected(error) else lost_answer(type(error).__name__)
        except Exception as error:  # whatever it was, the request may have been accepted
            return lost_answer(type(error).__name__)

    def sent_to(self, address: str, since: datetime) -> Iterable[Listed]:
        """Return what the account sent to `address` that was created since then.

        Without Twilio's `DateSent` filter: that date is empty until a message has left, which is what is in doubt.

        Raises:
            TryAgain: Twilio did not answer, or asks to come back later; then it says when.
        """
        http = OneRequest(self._settings.request_timeout.total_seconds())
        with reading(http):
            messages = client_of(self._settings, http).messages.stream(to=address, page_size=PAGE)
            return [
                Listed(message.sid or "", message.to or "", message.body or "", message.date_created)
                for message in created_since(messages, since)
                if str(message.direction) == "outbound-api"
            ]


def _validity_seconds(envelope: Envelope) -> int:
    """Return how long Twilio may try, in whole seconds; it takes 1 to 36,000."""
    lasts = LONGEST_VALIDITY if envelope.valid_for is None else min(LONGEST_VALIDITY, envelope.valid_for)
    return max(1, int(lasts.total_seconds()))


def callback_url(public_base_url: str) -> str:
    """Return where Twilio reports, below the public address of the API."""
    return f"{public_base_url}/webhooks/twilio/status"
