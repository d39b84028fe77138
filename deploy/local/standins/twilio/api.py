"""The imitated routes under `/2010-04-01/Accounts/{AccountSid}/Messages`, JSON only."""

import time
from collections.abc import Callable

from aiohttp import web
from multidict import MultiMapping

from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.request_log import Call
from deploy.local.standins.twilio.account import Account
from deploy.local.standins.twilio.errors import Refused
from deploy.local.standins.twilio.message import Message
from deploy.local.standins.twilio.message_list import page
from deploy.local.standins.twilio.messaging import Messaging
from deploy.local.standins.twilio.store import Store
from deploy.local.standins.twilio.web_hooks import token_of

BASE = "/2010-04-01/Accounts/{account_sid}/Messages"


class MessagesApi:
    """Reads requests, passes them through the door, and shows what came of them."""

    def __init__(self, account: Account, store: Store, messaging: Messaging, door: Door) -> None:
        self._account = account
        self._store = store
        self._messaging = messaging
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """The routes for `app.add_routes`."""
        return [
            web.post(f"{BASE}.json", self._create),
            web.get(f"{BASE}.json", self._list),
            web.get(f"{BASE}/{{sid}}.json", self._fetch),
            web.post(f"{BASE}/{{sid}}.json", self._update),
            web.delete(f"{BASE}/{{sid}}.json", self._delete),
        ]

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = await _form(request)

        def create() -> Answer:
            message = self._messaging.create(form)
            resource = message.resource(message.created)
            return json_answer(resource, 201, accepted=True, provider_id=message.sid)

        return await self._receive(request, create_call(form), create)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        call = Call("list_messages", recipient=request.query.get("To"))
        path = BASE.format(account_sid=self._account.account_sid) + ".json"
        return await self._receive(request, call, lambda: json_answer(page(self._store, request.query, path)))

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        message = self._find(request)

        def fetch() -> Answer:
            return json_answer(_known(message, request).resource(time.time()))

        return await self._receive(request, _call_about("fetch_message", message), fetch)

    async def _update(self, request: web.Request) -> web.StreamResponse:
        message, form = self._find(request), await _form(request)

        def update() -> Answer:
            updated = self._messaging.update(_known(message, request), form)
            return json_answer(updated.resource(time.time()), accepted=True, provider_id=updated.sid)

        return await self._receive(request, _call_about("update_message", message), update)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        message = self._find(request)

        def delete() -> Answer:
            self._messaging.delete(_known(message, request))
            return Answer(204, b"", accepted=True, provider_id=request.match_info["sid"])

        return await self._receive(request, _call_about("delete_message", message), delete)

    async def _receive(self, request: web.Request, call: Call, work: Callable[[], Answer]) -> web.StreamResponse:
        async def admitted_work() -> Answer:
            try:
                if not self._account.admits(request.headers.get("Authorization")):
                    raise Refused(20003, status=401)
                if request.match_info["account_sid"] != self._account.account_sid:
                    raise _not_found(request)
                return work()
            except Refused as refused:
                return refused.answer()

        return await self._door.receive(request, call, admitted_work)

    def _find(self, request: web.Request) -> Message | None:
        return self._store.find(request.match_info["sid"])


def create_call(form: MultiMapping[str]) -> Call:
    """A create request as fault rules and the log see it."""
    return Call("create_message", form.get("To"), token_of(form.get("StatusCallback")), form.get("Body", ""))


def _call_about(operation: str, message: Message | None) -> Call:
    if message is None:
        return Call(operation)
    return Call(operation, message.recipient, token_of(message.status_callback))


def _known(message: Message | None, request: web.Request) -> Message:
    if message is None:
        raise _not_found(request)
    return message


def _not_found(request: web.Request) -> Refused:
    return Refused(20404, status=404, message=f"The requested resource {request.path} was not found")


async def _form(request: web.Request) -> MultiMapping[str]:
    return await request.post()  # type: ignore[return-value]  # urlencoded only, so there are no file fields
