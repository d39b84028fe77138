"""`POST /_standin/inbound`: somebody texts one of our numbers.

Body `{"from": "+1…", "to": "+1…", "body": "…", "opt_out_type": "STOP"}`; `to` may be left out (the first sender), and
`opt_out_type` names the kind of a word of one's own. Answers, when the web hook has been delivered or given up,
`{"message_sid", "opt_out_type", "webhook_status"}`; the status is null if nobody answered, if it is put off or dropped
by a fault, or if there is no inbound URL.
"""

import asyncio
import time
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.local.standins.kit.agenda import Agenda, Entry
from deploy.local.standins.kit.callback_order import Planned, spoiled
from deploy.local.standins.kit.control import PREFIX
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.twilio.account import Account
from deploy.local.standins.twilio.keywords import REPLIES, OptOutType, opt_out_type
from deploy.local.standins.twilio.lifecycle import web_hook_entries
from deploy.local.standins.twilio.message import API_VERSION, Message, Step, new_sid
from deploy.local.standins.twilio.messaging import Messaging
from deploy.local.standins.twilio.segments import segments
from deploy.local.standins.twilio.store import Store
from deploy.local.standins.twilio.web_hooks import WebHook, WebHookCaller


class Text(BaseModel):
    """What arrives: E.164 numbers and the text."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(alias="from")
    recipient: str | None = Field(default=None, alias="to")
    body: str
    opt_out_type: OptOutType | None = None


class Inbound:
    """Takes texts in, acts upon opt-out words, and posts the web hook."""

    def __init__(self, account: Account, store: Store, messaging: Messaging, plan: FaultPlan, log: RequestLog) -> None:
        self._account = account
        self._store = store
        self._messaging = messaging
        self._plan = plan
        self._log = log
        self._awaited: dict[str, asyncio.Future[int | None]] = {}

    async def deliver(self, caller: WebHookCaller, hook: WebHook) -> None:
        """Make a callback, of whatever kind, and tell a waiting control request how it went."""
        status = await caller.call(hook)
        waiting = self._awaited.pop(hook.idempotency_token, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(status)

    def route(self, agenda: Agenda) -> web.RouteDef:
        """The control route."""

        async def receive(request: web.Request) -> web.Response:
            try:
                text = Text.model_validate(await request.json())
            except (ValidationError, ValueError) as error:
                return web.json_response({"error": str(error)}, status=422)
            return web.json_response(await self._receive(text, agenda), status=201)

        return web.post(f"{PREFIX}/inbound", receive)

    async def _receive(self, text: Text, agenda: Agenda) -> dict[str, Any]:
        moment = time.time()
        recipient = text.recipient or self._account.senders[0]
        service = self._account.messaging_service_sid if recipient in self._account.senders else None
        message = Message(
            new_sid(), self._account.account_sid, service, text.sender, recipient, text.body, "inbound", 0,
            segments(text.body), None, (Step(moment, "received"),),
        )  # fmt: skip
        kind = text.opt_out_type or opt_out_type(text.body)
        planned = [Planned(moment, self._params(message, kind))] if self._account.inbound_url else []
        entries = web_hook_entries(
            message.sid,
            self._account.inbound_url or "",
            spoiled(planned, self._plan.callback_faults(text.sender, "inbound")),
        )
        with self._store.transaction():
            self._store.save(message)
            self._obey(kind, message, moment)
            agenda.add(entries)
        status = await self._outcome(entries, moment)
        call = Call("receive_message", text.sender, None, text.body)
        await self._log.append(call, accepted=True, provider_id=message.sid, status=None, fault=None)
        return {"message_sid": message.sid, "opt_out_type": kind, "webhook_status": status}

    async def _outcome(self, entries: list[Entry], moment: float) -> int | None:
        prompt = [entry for entry in entries if entry.due <= moment and not entry.payload["forged"]]
        if not prompt:
            return None
        waiting: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._awaited[prompt[0].payload["idempotency_token"]] = waiting
        return await waiting

    def _obey(self, kind: OptOutType | None, message: Message, moment: float) -> None:
        if kind is None:
            return
        scope = self._account.block_scope(message.recipient)
        match kind:
            case OptOutType.STOP:
                is_news = self._store.block(message.sender, scope)
            case OptOutType.START:
                is_news = self._store.unblock(message.sender, scope)
            case OptOutType.HELP:
                is_news = True
        if is_news:
            self._messaging.reply(sender=message.recipient, recipient=message.sender, body=REPLIES[kind], moment=moment)

    def _params(self, message: Message, kind: OptOutType | None) -> dict[str, str]:
        params = {
            "AccountSid": message.account_sid,
            "ApiVersion": API_VERSION,
            "Body": message.body,
            "From": message.sender,
            "MessageSid": message.sid,
            "NumMedia": "0",
            "NumSegments": str(message.num_segments),
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.recipient,
        }
        for end in ("From", "To"):
            params |= {f"{end}City": "", f"{end}State": "", f"{end}Zip": "", f"{end}Country": "US"}
        if message.messaging_service_sid is not None:
            params["MessagingServiceSid"] = message.messaging_service_sid
        if kind is not None and self._account.advanced_opt_out:
            params["OptOutType"] = kind
        return params
