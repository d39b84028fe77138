"""The imitated part of the SES v2 API: sending and the account."""

import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.door import Answer, Door, Work, json_answer
from deploy.local.standins.kit.request_log import Call
from deploy.local.standins.ses.postbox import SEND_OPERATION, Postbox
from deploy.local.standins.ses.refusals import Refused
from deploy.local.standins.ses.store import Store
from deploy.local.standins.ses.submission import Mail, check_magic, read_mail

DAY_SECONDS = 24 * 3600
TOKEN_TAG = "send_token"


def guarded(request: web.Request, answer: Callable[[], Answer]) -> Work:
    """Work that demands a signed request (any signature will do) and turns `Refused` into an answer."""

    async def work() -> Answer:
        try:
            if not request.headers.get("Authorization", "").startswith("AWS4-"):
                raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
            return answer()
        except Refused as refused:
            return refused.answer()

    return work


class SendingApi:
    """POST outbound-emails, GET account, PUT account/sending."""

    def __init__(
        self, door: Door, store: Store, postbox: Postbox, configuration_sets: list[str], daily_quota: int
    ) -> None:
        self._door = door
        self._store = store
        self._postbox = postbox
        self._configuration_sets = configuration_sets
        self._daily_quota = daily_quota

    def routes(self) -> list[web.RouteDef]:
        """The routes, and one for everything that is not imitated."""
        return [
            web.post("/v2/email/outbound-emails", self._send),
            web.get("/v2/email/account", self._account),
            web.put("/v2/email/account/sending", self._pause),
        ]

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        """Answer whatever is not imitated, so that the log shows it was asked for."""
        message = f"The stand-in does not imitate {request.method} {request.path}"
        work = guarded(request, lambda: Refused("UnknownOperationException", message, 404).answer())
        return await self._door.receive(request, Call("unknown"), work)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        try:
            mail = read_mail(_json(content))
        except Refused as refused:
            malformed = refused.answer()
            return await self._door.receive(request, Call(SEND_OPERATION), guarded(request, lambda: malformed))
        first, *others = mail.recipients
        call = Call(SEND_OPERATION, first, mail.tags.get(TOKEN_TAG), mail.hashed_text, tuple(others))
        return await self._door.receive(request, call, guarded(request, lambda: self._accept(mail)))

    def _accept(self, mail: Mail) -> Answer:
        if not self._store.sending_enabled:
            raise Refused("SendingPausedException", "Email sending is paused for the account.")
        if mail.configuration_set and mail.configuration_set not in self._configuration_sets:
            raise Refused("NotFoundException", f"Configuration set <{mail.configuration_set}> does not exist.", 404)
        if self._sent_today() + len(mail.recipients) > self._daily_quota:
            raise Refused("LimitExceededException", "Daily message quota exceeded.")
        check_magic(mail)
        message_id = self._postbox.accept(mail)
        return json_answer({"MessageId": message_id}, accepted=True, provider_id=message_id)

    async def _account(self, request: web.Request) -> web.StreamResponse:
        def answer() -> Answer:
            quota = {"Max24HourSend": float(self._daily_quota), "MaxSendRate": 14.0}
            return json_answer(
                {
                    "DedicatedIpAutoWarmupEnabled": False,
                    "EnforcementStatus": "HEALTHY",
                    "ProductionAccessEnabled": True,
                    "SendQuota": quota | {"SentLast24Hours": float(self._sent_today())},
                    "SendingEnabled": self._store.sending_enabled,
                    "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
                }
            )

        return await self._door.receive(request, Call("get_account"), guarded(request, answer))

    async def _pause(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()

        def answer() -> Answer:
            payload = _json(content)
            self._store.sending_enabled = bool(isinstance(payload, dict) and payload.get("SendingEnabled", False))
            return json_answer({}, accepted=True)

        return await self._door.receive(request, Call("put_account_sending"), guarded(request, answer))

    def _sent_today(self) -> int:
        return self._store.mails_since(time.time() - DAY_SECONDS)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise Refused("BadRequestException", "The body is not JSON") from None
