"""How every request gets in: token checked, body read, passed through the door, refusals worded."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from deploy.local.standins.hubspot.errors import Refused, unauthorised
from deploy.local.standins.hubspot.object_types import ObjectType, object_type
from deploy.local.standins.hubspot.record import Record
from deploy.local.standins.hubspot.records import Records
from deploy.local.standins.kit.door import Answer, Door
from deploy.local.standins.kit.request_log import Call

ADDRESSES = ("phone", "mobilephone", "email")


@dataclass(frozen=True)
class Asked:
    """A request that was let in. `content` is the JSON body, an empty dict if there is none."""

    request: web.Request
    content: dict[str, Any]

    @property
    def kind(self) -> ObjectType:
        """The kind of record named in the path."""
        return object_type(self.request.match_info["type"])

    @property
    def key(self) -> str:
        """The id (or unique value) named in the path."""
        return self.request.match_info["id"]

    @property
    def id_property(self) -> str | None:
        """What the id in the path is a value of; None for the record's own id."""
        return self.request.query.get("idProperty")


class DoorKeeper:
    """Makes aiohttp handlers out of plain functions from `Asked` to `Answer`."""

    def __init__(self, door: Door, records: Records, token: str, own_property: str) -> None:
        self._door = door
        self._records = records
        self._token = token
        self._own_property = own_property

    def admitting(self, operation: str, work: Callable[[Asked], Answer]) -> Callable[[web.Request], Any]:
        """A handler. The operation's name in log and fault rules is `operation`, an underscore, and the type."""

        async def receive(request: web.Request) -> web.StreamResponse:
            text = await request.text()
            content = _content(text)

            async def admitted_work() -> Answer:
                try:
                    self._check_token(request)
                    if not isinstance(content, dict):
                        raise Refused("Invalid input JSON")
                    return work(Asked(request, content))
                except Refused as refused:
                    return refused.answer()

            return await self._door.receive(request, self._call(operation, request, text, content), admitted_work)

        return receive

    def _check_token(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self._token.encode()):
            raise unauthorised()

    def _call(self, operation: str, request: web.Request, text: str, content: Any) -> Call:
        """Who a request is about: the first phone number or e-mail address, else any name it has in the CRM."""
        names = self._names(request, content)
        addresses = [names[name] for name in ADDRESSES if name in names]
        body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if text else None
        return Call(
            operation=f"{operation}_{request.match_info['type']}",
            recipient=addresses[0] if addresses else None,
            token=names.get(self._own_property),
            body=body,
            aliases=tuple(names.values()),
        )

    def _names(self, request: web.Request, content: Any) -> dict[str, str]:
        identifying = (self._own_property, *ADDRESSES)
        names: dict[str, str] = {}
        if record := self._record(request):
            names |= {"id": record.id, **record.properties}
        if "idProperty" in request.query:
            names[request.query["idProperty"]] = request.match_info.get("id", "")
        for given in _given_properties(content):
            names |= {name: str(value) for name, value in given.items() if value}
        return {name: value for name, value in names.items() if name in (*identifying, "id")}

    def _record(self, request: web.Request) -> Record | None:
        if "id" not in request.match_info:
            return None
        try:
            kind = object_type(request.match_info["type"])
            return self._records.find(kind, request.match_info["id"], request.query.get("idProperty"))
        except Refused:
            return None


def _content(text: str) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return None


def _given_properties(content: Any) -> list[dict[str, Any]]:
    """The property values in a body: of a single record, or of the first input of a batch."""
    if not isinstance(content, dict):
        return []
    inputs = content.get("inputs")
    given = inputs[0] if isinstance(inputs, list) and inputs and isinstance(inputs[0], dict) else content
    key = {given["idProperty"]: given.get("id")} if isinstance(given.get("idProperty"), str) else {}
    properties = given.get("properties")
    return [key, properties if isinstance(properties, dict) else {}]
