"""A message as the stand-in keeps it. Its future is settled when it is made; its status is a function of the time."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from deploy.local.standins.twilio.errors import TEXTS

API_VERSION = "2010-04-01"
SENT = frozenset({"sent", "delivered", "undelivered", "received"})
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})
PRICE_PER_SEGMENT = 0.0083


@dataclass(frozen=True)
class Step:
    """From this moment (seconds since the epoch) on, the message has this status."""

    at: float
    status: str
    error_code: int | None = None


@dataclass(frozen=True)
class Message:
    """One message, inbound or outbound. `timeline` is never empty and runs from old to new, into the future.

    `direction` is inbound, outbound-api, or outbound-reply (Twilio's own answer to a STOP, START or HELP).
    """

    sid: str
    account_sid: str
    messaging_service_sid: str | None
    sender: str
    recipient: str
    body: str
    direction: str
    num_media: int
    num_segments: int
    status_callback: str | None
    timeline: tuple[Step, ...]

    @property
    def created(self) -> float:
        """When it was made, in seconds since the epoch."""
        return self.timeline[0].at

    @property
    def sent_at(self) -> float | None:
        """When it is, was, or will be sent; None if never."""
        return next((step.at for step in self.timeline if step.status in SENT), None)

    def now(self, moment: float) -> Step:
        """The step it has reached at a moment."""
        reached = [step for step in self.timeline if step.at <= moment]
        return reached[-1] if reached else self.timeline[0]

    def resource(self, moment: float) -> dict[str, Any]:
        """The message as the REST API shows it at a moment."""
        step = self.now(moment)
        # A messaging service picks the sender, and counts the segments, only after accepting.
        unsettled = step.status in {"accepted", "scheduled"}
        sent = self.sent_at
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created),
            "date_sent": rfc2822(sent) if sent is not None and sent <= moment else None,
            "date_updated": rfc2822(step.at),
            "direction": self.direction,
            "error_code": step.error_code,
            "error_message": None if step.error_code is None else TEXTS.get(step.error_code),
            "from": None if unsettled else self.sender,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": str(self.num_media),
            "num_segments": "0" if unsettled else str(self.num_segments),
            "price": f"-{self.num_segments * PRICE_PER_SEGMENT:.5f}" if step.status in SENT else None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": step.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }


def new_sid(*, media: bool = False) -> str:
    """A fresh message SID."""
    return ("MM" if media else "SM") + uuid.uuid4().hex


def rfc2822(moment: float) -> str:
    """A moment as the REST API writes it, in GMT with `+0000`."""
    return format_datetime(datetime.fromtimestamp(moment, UTC))
