"""Mail that comes in: a person's answer, as SES hands it on through an SNS or an S3 action.

POST /_standin/inbound, JSON:
  message_id    the mail that is answered; it goes to that mail's Reply-To, or with `unsubscribe` to its mailto
  to            instead, the address it goes to
  sender        who writes; by default the recipient of the answered mail
  subject, text, html, headers    what they write
  verdicts      overrides such as {"spamVerdict": "FAIL"}
  stored        true: the rule's action is S3; the mail is put into a bucket, and the notification says where it lies
"""

import json
import re
import time
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.local.standins.kit.control import PREFIX
from deploy.local.standins.ses.publisher import Publisher
from deploy.local.standins.ses.store import Store, StoredMail

_MAILTO = re.compile(r"<mailto:([^>?]+)")
BUCKET = "comms-ses-mails"
_VERDICTS = ("spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict")


class Incoming(BaseModel):
    """The body of POST inbound."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: str | None = None
    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    text: str = ""
    html: str | None = None
    headers: dict[str, str] = {}
    unsubscribe: bool = False
    verdicts: dict[str, str] = {}
    stored: bool = False


def receiving_routes(store: Store, publisher: Publisher) -> list[web.RouteDef]:
    """The route for `app.add_routes`."""

    async def inbound(request: web.Request) -> web.Response:
        try:
            incoming = Incoming.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"error": str(error)}, status=422)
        answered = store.mail(incoming.message_id) if incoming.message_id else None
        to = incoming.to or (_comes_back_to(answered, unsubscribe=incoming.unsubscribe) if answered else None)
        if to is None:
            return web.json_response(
                {"error": "nothing says where it goes: give `to`, or a mail that says so"}, status=422
            )
        notification = received(incoming, answered, to)
        if incoming.stored:
            key = uuid.uuid4().hex
            await publisher.store(BUCKET, key, str(notification.pop("content")).encode())
            action = {"type": "S3", "topicArn": "", "bucketName": BUCKET, "objectKeyPrefix": "", "objectKey": key}
            notification["receipt"] = notification["receipt"] | {"action": action}
        await publisher.publish(json.dumps(notification))
        return web.json_response({"to": to}, status=202)

    return [web.post(f"{PREFIX}/inbound", inbound)]


def received(incoming: Incoming, answered: StoredMail | None, to: str) -> dict[str, Any]:
    """Return the notification of a received mail, as SES words it."""
    now = datetime.fromtimestamp(time.time(), UTC)
    sender = incoming.sender or (answered.mail.recipients[0] if answered else "stranger@example.com")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = sender, to, format_datetime(now)
    mail["Subject"] = incoming.subject or f"Re: {answered.mail.subject if answered else ''}".strip()
    mail["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"
    for name, value in incoming.headers.items():
        mail[name] = value
    mail.set_content(incoming.text)
    if incoming.html is not None:
        mail.add_alternative(incoming.html, subtype="html")
    common = {"from": [sender], "to": [to], "subject": str(mail["Subject"]), "messageId": str(mail["Message-ID"])}
    about = {"timestamp": now.isoformat(), "source": sender, "messageId": uuid.uuid4().hex, "destination": [to]}
    verdicts = {name: {"status": incoming.verdicts.get(name, "PASS")} for name in _VERDICTS}
    receipt = {"timestamp": now.isoformat(), "processingTimeMillis": 42, "recipients": [to], **verdicts}
    return {
        "notificationType": "Received",
        "mail": about | {"headersTruncated": False, "headers": [], "commonHeaders": common},
        "receipt": receipt | {"action": {"type": "SNS", "topicArn": "", "encoding": "UTF8"}},
        "content": mail.as_string(),
    }


def _comes_back_to(answered: StoredMail, *, unsubscribe: bool) -> str | None:
    if unsubscribe:
        found = _MAILTO.search(dict(answered.mail.headers).get("List-Unsubscribe", ""))
        return found[1] if found else None
    return answered.mail.reply_to[0] if answered.mail.reply_to else answered.mail.sender
