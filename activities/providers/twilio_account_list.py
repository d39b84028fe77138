"""Twilio's list of every message of the account, in both directions.

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources. Reading may be repeated.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from activities.providers.one_request import OneRequest
from activities.providers.twilio_client import client_of, created_since, missing_setting, reading
from models.errors import TryAgain
from models.provider_settings import TwilioSettings
from models.receiving import Received
from models.reconciling import Listed
from models.recovering import Recorded

PAGE = 500


class TwilioAccountList:
    """What the account has received and what it has sent. Each page is one request on a fresh connection.

    Args:
        settings: account, API key, messaging service, base URL (empty means Twilio's own).
    """

    def __init__(self, settings: TwilioSettings) -> None:
        self._settings = settings

    def received_since(self, since: datetime) -> Iterable[Received]:
        """Return the texts that our numbers received since then, those first that were sent last.

        Those to numbers of other messaging services are left out. Which service a text came to is not always said; then
        it counts as ours, because a STOP too many does less harm than one too few.

        Raises:
            TryAgain: Twilio did not answer, or the account is not fully set up.
        """
        return [
            _received(message)
            for message in self._created_since(since)
            if str(message.direction) == "inbound" and self._is_ours(message)
        ]

    def sent_since(self, since: datetime) -> Iterator[Recorded]:
        """Return what our messaging service has accepted since then, page by page as it is asked for.

        Raises:
            TryAgain: as `received_since`, also in the middle.
        """
        for message in self._created_since(since):
            if str(message.direction) == "outbound-api" and self._is_ours(message):
                listed = Listed(message.sid or "", message.to or "", message.body or "", message.date_created)
                yield Recorded(listed, str(message.status), message.error_code)

    def _is_ours(self, message: Any) -> bool:
        return message.messaging_service_sid in (self._settings.messaging_service_sid, "", None)

    def _created_since(self, since: datetime) -> Iterator[Any]:
        if missing := missing_setting(self._settings):
            raise TryAgain(f"twilio is not set up: no {missing}")
        http = OneRequest(self._settings.request_timeout.total_seconds())
        with reading(http):
            yield from created_since(client_of(self._settings, http).messages.stream(page_size=PAGE), since)


def _received(message: Any) -> Received:
    fields = {
        "MessageSid": message.sid or "",
        "AccountSid": message.account_sid or "",
        "MessagingServiceSid": message.messaging_service_sid or "",
        "From": message.from_ or "",
        "To": message.to or "",
        "Body": message.body or "",
        "NumMedia": message.num_media or "0",
    }
    # Half of a surrogate pair, which JSON can hold and nothing can store, must not make a whole list unreadable.
    fields = {name: value.encode(errors="replace").decode() for name, value in fields.items()}
    raw = urlencode(fields).encode()
    return Received(fields["MessageSid"], fields["From"], fields["Body"], raw, message.date_created)
