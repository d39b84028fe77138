"""Routes for people and tests, under `/_standin/`, beside those every stand-in has.

GET messages?to_sha256=HEX&after=SEQ&limit=100: accepted mails with their text, oldest first, each with the types of
its events so far published. GET events?after=ID&message_id=: every planned event and when it was published.
POST events: let one event happen now. JSON, all but `event` optional:
  event         one of the ten values of `eventType`, such as "Bounce" or "Rendering Failure"
  message_id    which mail; one that the stand-in does not know, or null, makes an event about a stranger's mail
  recipients    list of addresses; those of the mail by default
  details       overrides inside the event's own part, such as {"bounceType": "Transient"}
  tags          further `mail.tags` of a stranger's mail, such as {"send_token": "…"}
  forged        true: put it into the queue with a foreign signature, past SNS
"""

import time

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.local.standins.kit.control import PREFIX
from deploy.local.standins.ses.courses import EventType, Step
from deploy.local.standins.ses.postbox import Postbox, new_message_id
from deploy.local.standins.ses.store import Store, StoredMail
from deploy.local.standins.ses.submission import Mail

STRANGER = "stranger@example.com"


class Emission(BaseModel):
    """The body of POST events."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: EventType
    message_id: str | None = None
    recipients: list[str] | None = None
    details: dict[str, object] = {}
    tags: dict[str, str] = {}
    forged: bool = False


def ses_control_routes(store: Store, postbox: Postbox, configuration_set: str) -> list[web.RouteDef]:
    """The routes for `app.add_routes`; a stranger's mail is said to be of `configuration_set`."""

    async def messages(request: web.Request) -> web.Response:
        query = request.query
        found = store.mails(int(query.get("after", "0")), query.get("to_sha256"), int(query.get("limit", "100")))
        return web.json_response([_described(store, stored) for stored in found])

    async def events(request: web.Request) -> web.Response:
        return web.json_response(store.events(int(request.query.get("after", "0")), request.query.get("message_id")))

    async def emit(request: web.Request) -> web.Response:
        try:
            asked = Emission.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"error": str(error)}, status=422)
        stored = store.mail(asked.message_id) if asked.message_id else None
        about = stored or _strangers(asked, configuration_set)
        step = Step(asked.event, asked.recipients or about.mail.recipients, dict(asked.details))
        event_id = postbox.emit(about, step, known=stored is not None, forged=asked.forged)
        return web.json_response({"event_id": event_id, "message_id": about.message_id}, status=202)

    return [
        web.get(f"{PREFIX}/messages", messages),
        web.get(f"{PREFIX}/events", events),
        web.post(f"{PREFIX}/events", emit),
    ]


def _described(store: Store, stored: StoredMail) -> dict[str, object]:
    published = [event["event_type"] for event in store.events(message_id=stored.message_id) if event["published_at"]]
    known = {"seq": stored.seq, "message_id": stored.message_id, "at": stored.accepted_at.isoformat()}
    return known | stored.mail.model_dump(mode="json") | {"events": published}


def _strangers(asked: Emission, configuration_set: str) -> StoredMail:
    now, to = time.time(), asked.recipients or [STRANGER]
    mail = Mail(
        sender="someone@example.com",
        to=to,
        recipients=to,
        subject="A mail the stand-in never saw",
        tags=asked.tags,
        configuration_set=configuration_set,
    )
    return StoredMail(0, asked.message_id or new_message_id(now), now, mail)
