"""Mails as SES hands them on."""

import json
from email.message import EmailMessage
from uuid import UUID

from models.reply_addresses import MailPurpose, address_for, reply_token
from tests.database.world import EMAIL, KEY, World

DOMAIN = "in.example.com"


def a_notification(
    world: World | None,
    run: UUID | None,
    words: str,
    *,
    to: str | None = None,
    sender: str = EMAIL,
    purpose: MailPurpose = MailPurpose.REPLY,
    html: str | None = None,
    headers: dict[str, str] | None = None,
    verdicts: dict[str, str] | None = None,
) -> str:
    """Return the notification of an answer to the letter of a run, or of a mail to another address."""
    if to is None:
        assert world is not None
        assert run is not None
        to = address_for(purpose, reply_token(KEY, world.message(run, "mail")["id"]), DOMAIN)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Lea Lead <{sender.title()}>", to, "Re: Your call"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(words)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    receipt = {"recipients": [to], "action": {"type": "SNS", "encoding": "UTF8"}}
    receipt |= {name: {"status": status} for name, status in (verdicts or {}).items()}
    notification = {"notificationType": "Received", "mail": {"source": sender}, "receipt": receipt}
    return json.dumps(notification | {"content": mail.as_string()})
