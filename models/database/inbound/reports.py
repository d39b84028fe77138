"""What a stored report of a provider says about one attempt, read strictly.

Fields: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks and
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
"""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple, Self
from urllib.parse import parse_qsl

from models.database.sending.evidence import Finding
from models.delivery import from_ses, from_twilio
from models.failure_classes import FailureClass, email_failure_class, sms_failure_class
from models.identity import TOKEN_TAG, token_hash
from models.terms import AttemptOutcome, EvidenceSource

_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_STATUS = re.compile(r"[A-Za-z_-]{1,32}")
_CODE = re.compile(r"[0-9]{0,9}")


class UnreadableReport(Exception):
    """A signed report that is not as documented."""


class Report(NamedTuple):
    """What a report says, and of which attempt: the hash of its token, None if it names none."""

    token_hash: str | None
    finding: Finding


class TwilioStatus(NamedTuple):
    """The three fields of a status callback that tell it from every other."""

    message_id: str
    status: str
    code: str

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Self:
        """Return what a callback says. Raises UnreadableReport."""
        read = cls(form.get("MessageSid", ""), form.get("MessageStatus", ""), form.get("ErrorCode", ""))
        if not all(shape.fullmatch(value) for shape, value in zip((_SID, _STATUS, _CODE), read, strict=True)):
            raise UnreadableReport
        return read

    @property
    def dedupe_key(self) -> str:
        """What a repetition of the same news has too. Twilio's own token for that is in a header, which it does not sign."""
        return "|".join(self)

    @property
    def finding(self) -> Finding:
        """What it proves. Whatever the status is, Twilio reports only on what it has accepted."""
        delivery = from_twilio(self.status)
        failed = delivery is not None and delivery.is_failure
        return Finding(
            EvidenceSource.CALLBACK,
            AttemptOutcome.ACCEPTED,
            f"{self.status}/{self.code}" if self.code else self.status,
            self.message_id,
            delivery,
            sms_failure_class(int(self.code) if self.code else None) if failed else None,
        )


def read(kind: str, raw: bytes, token: str | None) -> Report:
    """Return what a stored report says; `token` is the hash that was stored with it. Raises UnreadableReport."""
    try:
        return _of_ses(raw) if kind == "event" else Report(token, _of_twilio(raw))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UnreadableReport from None


def _of_twilio(raw: bytes) -> Finding:
    return TwilioStatus.read(dict(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"))).finding


def _of_ses(raw: bytes) -> Report:
    """Every event about a message proves that SES accepted it."""
    event = json.loads(raw)
    kind = event.get("eventType") or event["notificationType"]
    mail = event["mail"]
    bounce, complaint = event.get("bounce", {}), event.get("complaint", {})
    subtype = bounce.get("bounceSubType") or complaint.get("complaintSubType")
    delivery = from_ses(kind, bounce.get("bounceType"))
    failure: FailureClass | None = None
    if kind in ("Bounce", "Complaint", "Reject", "Rendering Failure"):
        failure = email_failure_class(bounce.get("bounceType") or kind, subtype)
    token = next(iter(mail.get("tags", {}).get(TOKEN_TAG, [])), None)
    reason = "/".join(part for part in (kind, bounce.get("bounceType"), subtype) if part)
    finding = Finding(EvidenceSource.CALLBACK, AttemptOutcome.ACCEPTED, reason, mail["messageId"], delivery, failure)
    return Report(token and token_hash(token), finding)
