"""The imitated routes: the token endpoint, records by id and by external id, and composite requests of them.

Sources: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

import json
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.request_log import Call
from deploy.local.standins.salesforce.errors import Refused
from deploy.local.standins.salesforce.sessions import Sessions
from deploy.local.standins.salesforce.store import Store

DATA = "/services/data/{version}"
NAMES = ("Phone", "Email", "Agency_Lead_Id__c")


class SalesforceApi:
    """Turns requests into changes of the store, and what comes of them into answers."""

    def __init__(self, store: Store, sessions: Sessions, door: Door) -> None:
        self._store = store
        self._sessions = sessions
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        """The routes for `app.add_routes`."""
        record, keyed = f"{DATA}/sobjects/{{type}}/{{id}}", f"{DATA}/sobjects/{{type}}/{{field}}/{{value}}"
        return [
            web.post("/services/oauth2/token", self._receive),
            web.post(f"{DATA}/composite", self._receive),
            web.post(f"{DATA}/sobjects/{{type}}", self._receive),
            *(route(path, self._receive) for path in (record, keyed) for route in (web.get, web.patch)),
        ]

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        path = request.path.partition("/v")[2].partition("/")[2] or "token"

        async def work() -> Answer:
            if path == "token":
                return self._sessions.open(await request.post())
            try:
                self._sessions.check(request)
                content = json.loads(text) if text else {}
                if path == "composite":
                    return self._composite(content)
                status, body = self._done(request.method, path, content, request.query.get("fields", ""))
                return json_answer(body, status, accepted=status < 300) if body else Answer(status, b"", accepted=True)
            except Refused as refused:
                return refused.answer()

        return await self._door.receive(request, self._call(request.method, path, text), work)

    def _done(self, method: str, path: str, content: dict[str, Any], fields: str = "") -> tuple[int, Any]:
        """Do one request below the API's root; returns status and body."""
        _, kind, *rest = path.split("/")
        if method == "POST":
            return 201, {"id": self._store.create(kind, content), "success": True, "errors": []}
        record_id = rest[0] if len(rest) == 1 else self._store.holding(kind, rest[0], rest[1])
        if method == "PATCH" and record_id is None:
            created = self._store.create(kind, {**content, rest[0]: rest[1]})
            return 201, {"id": created, "success": True, "errors": [], "created": True}
        found = self._store.existing(kind, record_id or "")
        if method == "GET":
            shown = {"Id": record_id, **found}
            return 200, {name: shown.get(name) for name in fields.split(",")} if fields else shown
        self._store.update(kind, record_id or "", content)
        by_key: dict[str, Any] = {"id": record_id, "success": True, "errors": [], "created": False}
        return (200, by_key) if len(rest) == 2 else (204, None)

    def _composite(self, content: dict[str, Any]) -> Answer:
        """Do several requests, all or none of them."""
        asked, parts = content["compositeRequest"], []
        try:
            with self._store.transaction():
                for each in asked:
                    path = each["url"].partition("/v")[2].partition("/")[2]
                    status, body = self._done(each["method"], path, each.get("body", {}))
                    parts.append((status, body))
        except Refused as refused:
            halted = [{"errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back"}]
            failed = len(parts)
            parts = [(400, halted)] * len(asked)
            parts[failed] = (refused.status, refused.body)
        shown = [
            {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": each["referenceId"]}
            for each, (status, body) in zip(asked, parts, strict=True)
        ]
        return json_answer({"compositeResponse": shown}, accepted=all(status < 300 for status, _ in parts))

    def _call(self, method: str, path: str, text: str) -> Call:
        """Who a request is about; `upsert_lead`, `read_lead`, `update_lead`, `create_task`, `composite`, `token`."""
        kind, *rest = path.split("/")[1:] if "/" in path else [path]
        try:
            content = json.loads(text) if text.startswith("{") else {}
        except ValueError:
            content = {}
        names = [str(content[name]) for name in NAMES if content.get(name)] + rest[-1:]
        names += [str(part.get("url", "")).rsplit("/", 1)[-1] for part in content.get("compositeRequest", [])]
        verbs = {"GET": "read", "POST": "create", "PATCH": "upsert" if len(rest) == 2 else "update"}
        operation = kind if path in ("token", "composite") else f"{verbs.get(method, method)}_{kind.lower()}"
        return Call(operation, names[0] if names else None, rest[1] if len(rest) == 2 else None, text, tuple(names))
