"""Twilio Lookup v2, line type intelligence: https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence.

Each answer is charged. Reading may be repeated.
"""

import logging

import requests
from twilio.base.exceptions import TwilioException

from activities.providers.one_request import OneRequest
from activities.providers.twilio_client import client_of, missing_setting
from models.line_types import LineType, of_twilio
from models.provider_settings import LookupSettings, TwilioSettings

log = logging.getLogger("worker")
FIELDS = "line_type_intelligence"


class TwilioLookup:
    """Asks Twilio. One request on a fresh connection, with a short patience: a text waits for it.

    Args:
        account: whose look-ups they are.
        settings: base URL (empty means Twilio's own) and patience.
    """

    def __init__(self, account: TwilioSettings, settings: LookupSettings) -> None:
        self._account = account
        self._settings = settings

    def line_type(self, phone: str) -> LineType:
        """Return what kind of line a number is; `unknown` if Twilio does not say, does not answer or is not set up."""
        if missing_setting(self._account):
            return LineType.UNKNOWN
        client = client_of(self._account, OneRequest(self._settings.request_timeout.total_seconds()))
        if self._settings.base_url:
            client.lookups.base_url = self._settings.base_url
        try:
            found = client.lookups.v2.phone_numbers(phone).fetch(fields=FIELDS).line_type_intelligence
        except (TwilioException, requests.RequestException, ValueError, KeyError, TypeError) as error:
            log.warning("a number was not looked up", extra={"error": type(error).__name__})
            return LineType.UNKNOWN
        return of_twilio(found.get("type") if isinstance(found, dict) else None)
