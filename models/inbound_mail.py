"""An email that Amazon SES has received for us, read from its notification.

Form: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html. The SNS action carries the
whole mail up to 150 KB; the S3 action says where the mail lies, and whoever has fetched it puts it into the notification.
"""

import base64
import binascii
import email
import email.policy
import json
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, NamedTuple

from models.reply_rules.email_text import new_text, text_of_html

RECEIVED = "Received"
_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_BOUNCER = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)


_VIRUS, _BASE64 = "virusVerdict", "BASE64"


class StoredAt(NamedTuple):
    """Where the S3 action has put a mail."""

    bucket: str
    key: str


class UnreadableMail(Exception):
    """The notification is not what SES says that it sends, or holds no mail."""


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One received mail. `sender` is the bare address of From, in lower case; `recipients` are SES's own, not the header's."""

    recipients: tuple[str, ...]
    sender: str
    said: str
    """The new text: without what is quoted, signature and footer."""
    automatic: bool
    """A machine has sent it (RFC 3834)."""
    bounce: bool
    """A mail server reports about delivery; nobody has written anything."""
    virus: bool
    spam: bool


def is_received(message: str) -> bool:
    """Return whether a notification is about received mail, and not about one that we have sent."""
    try:
        parsed = json.loads(message)
    except ValueError:
        return False
    return isinstance(parsed, dict) and parsed.get("notificationType") == RECEIVED


def stored_at(message: str) -> StoredAt | None:
    """Return where the mail of a notification is to be fetched; None if it is in it, or must not be touched for a virus."""
    notification = json.loads(message)
    receipt = notification.get("receipt", {})
    action = receipt.get("action", {})
    if "content" in notification or _failed(receipt, _VIRUS) or action.get("type") != "S3":
        return None
    return StoredAt(str(action.get("bucketName", "")), str(action.get("objectKey", "")))


def with_content(message: str, mail: bytes) -> str:
    """Return a notification that holds its mail, as that of the SNS action does."""
    notification = json.loads(message)
    notification["receipt"]["action"]["encoding"] = _BASE64
    return json.dumps(notification | {"content": base64.b64encode(mail).decode()})


def without_virus(message: str) -> str:
    """Return a notification as it is kept: without its mail, if Amazon has found a virus in that."""
    notification = json.loads(message)
    if _failed(notification.get("receipt", {}), _VIRUS):
        notification.pop("content", None)
        return json.dumps(notification)
    return message


def read_mail(message: str) -> InboundMail:
    """Return the mail of a notification.

    Raises:
        UnreadableMail: it holds none, or one that cannot be taken apart.
    """
    try:
        notification = json.loads(message)
        receipt = notification["receipt"]
        if _failed(receipt, _VIRUS):
            return _unopened(notification, receipt)
        mail = email.message_from_bytes(_content(notification, receipt), policy=email.policy.default)
        return InboundMail(
            recipients=tuple(str(address) for address in receipt["recipients"]),
            sender=parseaddr(str(mail["From"] or ""))[1].strip().lower(),
            said=_said(mail),
            automatic=_is_automatic(mail),
            bounce=_is_bounce(mail),
            virus=False,
            spam=_failed(receipt, "spamVerdict"),
        )
    except (KeyError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise UnreadableMail(type(error).__name__) from None


def _unopened(notification: dict[str, Any], receipt: dict[str, Any]) -> InboundMail:
    recipients = tuple(str(address) for address in receipt["recipients"])
    sender = str(notification.get("mail", {}).get("source", "")).lower()
    spam = _failed(receipt, "spamVerdict")
    return InboundMail(recipients, sender, said="", automatic=False, bounce=False, virus=True, spam=spam)


def _content(notification: dict[str, Any], receipt: dict[str, Any]) -> bytes:
    content = notification["content"]
    if receipt.get("action", {}).get("encoding") == _BASE64:
        try:
            return base64.b64decode(content, validate=True)
        except binascii.Error:
            raise UnreadableMail("base64") from None
    return str(content).encode("utf-8", "surrogateescape")


def _said(mail: EmailMessage) -> str:
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    if plain is not None:
        return new_text(str(plain.get_content()))
    return new_text(text_of_html(str(page.get_content()))) if page is not None else ""


def _is_automatic(mail: EmailMessage) -> bool:
    submitted = str(mail["Auto-Submitted"] or "no").partition(";")[0].strip().lower()
    precedence = str(mail["Precedence"] or "").strip().lower()
    marked = any(mail[header] for header in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"))
    return submitted != "no" or precedence in _PRECEDENCE or marked or _is_bounce(mail)


def _is_bounce(mail: EmailMessage) -> bool:
    """Return whether a mail server has written it: a report, the empty sender, or a daemon (RFC 3464, RFC 5321 4.5.5)."""
    report = mail.get_content_type() == "multipart/report"
    delivery = str(mail.get_param("report-type") or "").lower() in ("delivery-status", "disposition-notification")
    return (report and delivery) or _BOUNCER.match(parseaddr(str(mail["From"] or ""))[1]) is not None


def _failed(receipt: dict[str, Any], verdict: str) -> bool:
    return str(receipt.get(verdict, {}).get("status", "")) == "FAIL"
