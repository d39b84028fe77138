"""What a create request asks for, read and refused in the order and with the codes of Twilio.

Source: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from multidict import MultiMapping

from deploy.local.standins.twilio import magic
from deploy.local.standins.twilio.account import Account
from deploy.local.standins.twilio.errors import TEXTS, Refused

E164 = re.compile(r"\+(?:1[2-9]\d{2}[2-9]\d{6}|[2-9]\d{6,14})")
LONGEST_BODY = 1600
MOST_MEDIA = 10
LONGEST_VALIDITY_SECONDS = 36_000
SOONEST_SECONDS = 15 * 60
LATEST_SECONDS = 35 * 24 * 3600


@dataclass(frozen=True)
class CreateRequest:
    """A create request that is in order. `send_at` (seconds since the epoch) is set for scheduled messages only."""

    recipient: str
    sender: str
    messaging_service_sid: str | None
    body: str
    num_media: int
    status_callback: str | None
    send_at: float | None


def read(form: MultiMapping[str], account: Account, moment: float) -> CreateRequest:
    """Read the form.

    Raises:
        Refused: Twilio would not accept it.
    """
    recipient = _recipient(form)
    service = form.get("MessagingServiceSid") or None
    if not form.get("From") and service is None:
        raise Refused(21603)
    body, num_media = form.get("Body", ""), len(form.getall("MediaUrl", []))
    if not body.strip() and not num_media:
        raise Refused(21602)
    if len(body) > LONGEST_BODY:
        raise Refused(21617)
    if num_media > MOST_MEDIA:
        raise Refused(21623)
    if not E164.fullmatch(recipient):
        raise Refused(21211, message=f"{TEXTS[21211]}: {recipient}")
    if service not in (None, account.messaging_service_sid):
        raise Refused(21701, status=404)
    if (code := magic.refused_recipient(recipient)) is not None:
        raise Refused(code)
    sender = _sender(form, account)
    if sender == recipient:
        raise Refused(21266)
    _check_validity(form)
    return CreateRequest(
        recipient, sender, service, body, num_media, _status_callback(form), _send_at(form, service, moment)
    )


def _recipient(form: MultiMapping[str]) -> str:
    recipient = re.sub(r"[ ().-]", "", form.get("To", ""))
    if not recipient:
        raise Refused(21604)
    return recipient


def _sender(form: MultiMapping[str], account: Account) -> str:
    sender = form.get("From") or account.senders[0]
    if (code := magic.REFUSED_SENDERS.get(sender)) is not None:
        raise Refused(code)
    if not E164.fullmatch(sender):
        raise Refused(21212)
    if sender not in (*account.senders, magic.TEST_SENDER):
        raise Refused(21606)
    return sender


def _status_callback(form: MultiMapping[str]) -> str | None:
    url = form.get("StatusCallback") or None
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "_" in parts.hostname or len(url) > 4000:
        raise Refused(21609)
    return url


def _check_validity(form: MultiMapping[str]) -> None:
    given = form.get("ValidityPeriod") or "1"
    if not given.isdecimal() or not 1 <= int(given) <= LONGEST_VALIDITY_SECONDS:
        raise Refused(20001, message="ValidityPeriod must be between 1 and 36000 seconds")


def _send_at(form: MultiMapping[str], service: str | None, moment: float) -> float | None:
    if form.get("ScheduleType") != "fixed":
        return None
    if service is None:
        raise Refused(35118)
    if not form.get("SendAt"):
        raise Refused(35111)
    try:
        send_at = datetime.strptime(form["SendAt"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Refused(35114) from None
    if not SOONEST_SECONDS <= send_at - moment <= LATEST_SECONDS:
        raise Refused(35114)
    return send_at
