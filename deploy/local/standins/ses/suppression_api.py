"""The account's suppression list as the SES v2 API shows it."""

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.request_log import Call
from deploy.local.standins.ses.addresses import bare
from deploy.local.standins.ses.api import guarded
from deploy.local.standins.ses.refusals import Refused
from deploy.local.standins.ses.store import Store, Suppression

PATH = "/v2/email/suppression/addresses"
LARGEST_PAGE = 1000


class SuppressionApi:
    """PUT and GET the list, GET and DELETE one address."""

    def __init__(self, door: Door, store: Store) -> None:
        self._door = door
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """The routes for `app.add_routes`."""
        return [
            web.put(PATH, self._put),
            web.get(PATH, self._list),
            web.get(f"{PATH}/{{address}}", self._get),
            web.delete(f"{PATH}/{{address}}", self._delete),
        ]

    async def _put(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        address, reason = _suppression(content)

        def answer() -> Answer:
            if not address or reason not in {"BOUNCE", "COMPLAINT"}:
                raise Refused("BadRequestException", "EmailAddress and Reason (BOUNCE or COMPLAINT) are needed")
            self._store.suppress(address, reason)
            return json_answer({}, accepted=True)

        call = Call("put_suppressed_destination", address or None)
        return await self._door.receive(request, call, guarded(request, answer))

    async def _get(self, request: web.Request) -> web.StreamResponse:
        address = bare(request.match_info["address"])

        def answer() -> Answer:
            for line in self._store.suppressions():
                if line.address == address:
                    found = _summary(line) | {"Attributes": {"MessageId": line.message_id} if line.message_id else {}}
                    return json_answer({"SuppressedDestination": found})
            raise _not_listed(address)

        call = Call("get_suppressed_destination", address or None)
        return await self._door.receive(request, call, guarded(request, answer))

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        address = bare(request.match_info["address"])

        def answer() -> Answer:
            if not self._store.unsuppress(address):
                raise _not_listed(address)
            return json_answer({}, accepted=True)

        call = Call("delete_suppressed_destination", address or None)
        return await self._door.receive(request, call, guarded(request, answer))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        def answer() -> Answer:
            try:
                size = min(int(request.query.get("PageSize", LARGEST_PAGE)), LARGEST_PAGE)
                start, end = _epoch(request.query.get("StartDate")), _epoch(request.query.get("EndDate"))
            except ValueError:
                raise Refused("BadRequestException", "PageSize or a date is malformed") from None
            reasons = request.query.getall("Reason", [])
            after = request.query.get("NextToken", "")
            lines = [
                line
                for line in self._store.suppressions()
                if line.address > after
                and (not reasons or line.reason in reasons)
                and (start is None or line.updated_at >= start)
                and (end is None or line.updated_at <= end)
            ]
            page = lines[: max(1, size)]
            more = {"NextToken": page[-1].address} if len(lines) > len(page) else {}
            return json_answer({"SuppressedDestinationSummaries": [_summary(line) for line in page], **more})

        return await self._door.receive(request, Call("list_suppressed_destinations"), guarded(request, answer))


def _suppression(content: bytes) -> tuple[str, str]:
    try:
        payload = json.loads(content)
    except ValueError:
        return "", ""
    if not isinstance(payload, dict):
        return "", ""
    return bare(str(payload.get("EmailAddress", ""))), str(payload.get("Reason", ""))


def _summary(line: Suppression) -> dict[str, Any]:
    return {"EmailAddress": line.address, "Reason": line.reason, "LastUpdateTime": line.updated_at}


def _epoch(moment: str | None) -> float | None:
    return None if moment is None else datetime.fromisoformat(moment).timestamp()


def _not_listed(address: str) -> Refused:
    return Refused("NotFoundException", f"Email address {address} does not exist on your suppression list.", 404)
