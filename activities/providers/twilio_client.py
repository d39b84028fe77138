"""Twilio's SDK, given everything it needs, and what its errors mean to somebody who only reads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from activities.providers.one_request import OneRequest
from models.errors import TryAgain
from models.provider_settings import TwilioSettings

PAGE = 200
"""Messages per request of a list; it is read on until the moment that matters."""
AFTER_TOO_MANY = timedelta(seconds=30)
"""Twilio's own answer to too many requests need not say when to come back."""


def missing_setting(settings: TwilioSettings) -> str:
    """Return the name of a setting that is empty, or an empty string.

    The SDK would look for what is empty in the environment, and so might use another account.
    """
    needed = {
        "account_sid": settings.account_sid,
        "api_key_sid": settings.api_key_sid,
        "api_key_secret": settings.api_key_secret.get_secret_value(),
        "messaging_service_sid": settings.messaging_service_sid,
    }
    return next((name for name, value in needed.items() if not value), "")


def client_of(settings: TwilioSettings, http: OneRequest) -> Client:
    """Return the SDK's client. Nothing is connected by this call."""
    client = Client(
        settings.api_key_sid, settings.api_key_secret.get_secret_value(), settings.account_sid, http_client=http
    )
    if settings.base_url:
        client.api.base_url = settings.base_url
    return client


def created_since(messages: Iterable[Any], since: datetime) -> Iterator[Any]:
    """Give the messages of a list that were created at or after `since` (aware), and read no further than needed.

    Twilio sorts by `DateSent`, the most recent first. What was created long ago and has just left its queue stands before
    what is younger, so the list is done with only where messages were sent before `since` too.
    """
    for message in messages:
        if message.date_created is not None and message.date_created >= since:
            yield message
        elif message.date_sent is not None and message.date_sent < since:
            return


@contextmanager
def reading(http: OneRequest) -> Iterator[None]:
    """Turn every error of a list, which may be asked for again, into TryAgain; with the time Twilio asks to wait."""
    try:
        yield
    except (TwilioException, requests.RequestException, ValueError, KeyError, TypeError) as error:
        # A page that is refused is a TwilioException without a status; the last answer has it.
        refused = isinstance(error, TwilioException) and http.status != HTTPStatus.OK
        what = http.status if refused and http.status else type(error).__name__
        raise TryAgain(f"twilio list: {what}", _asked_to_wait(http) if refused else None) from None


def _asked_to_wait(http: OneRequest) -> timedelta | None:
    if http.retry_after is not None:
        return timedelta(seconds=http.retry_after)
    return AFTER_TOO_MANY if http.status == HTTPStatus.TOO_MANY_REQUESTS else None
