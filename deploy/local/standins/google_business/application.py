"""Puts the stand-in together: the token endpoint, the list of reviews, and its control routes."""

import base64
import binascii
from pathlib import Path
from typing import Any

from aiohttp import web

from deploy.local.standins.google_business.store import SCHEMA, Store
from deploy.local.standins.google_business.tokens import OAuthClient, Tokens
from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog

NAME = "google_business"
MOST = 50
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


def refusal(status: int, code: Any = None, message: str | None = None) -> Answer:
    """An error in Google's form."""
    named = str(code or _STATUSES.get(status, "INTERNAL"))
    return json_answer({"error": {"code": status, "message": message or named, "status": named}}, status)


def make_application(client: OAuthClient, state_dir: Path) -> web.Application:
    """The stand-in over the state in `state_dir`."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    plan = FaultPlan()
    api = _Api(Store(database), Tokens(client), Door(plan, log, refusal))

    app = web.Application()
    close_with(app, log, database)
    app.add_routes(api.routes())
    app.add_routes(control_routes(NAME, plan, log))
    return app


class _Api:
    def __init__(self, store: Store, tokens: Tokens, door: Door) -> None:
        self._store = store
        self._tokens = tokens
        self._door = door

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/token", self.refresh),
            web.get("/v4/accounts/{account}/locations/{location}/reviews", self.list_reviews),
            web.post(f"{PREFIX}/reviews", self.leave),
            web.put(f"{PREFIX}/access", self.change_access),
        ]

    async def refresh(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}

        async def work() -> Answer:
            return self._tokens.refreshed(form)

        return await self._door.receive(request, Call("refresh_token"), work)

    async def list_reviews(self, request: web.Request) -> web.StreamResponse:
        location = "accounts/{account}/locations/{location}".format(**request.match_info)

        async def work() -> Answer:
            return self._page(request, location)

        return await self._door.receive(request, Call("list_reviews", recipient=location), work)

    def _page(self, request: web.Request, location: str) -> Answer:
        if not self._tokens.is_good(request.headers.get("Authorization", "")):
            return refusal(401, message="Request had invalid authentication credentials.")
        managed = self._store.is_managed(location)
        if managed is None:
            return refusal(404, message="Requested entity was not found.")
        if not managed:
            return refusal(403, message="The caller does not have permission")
        try:
            size = int(request.query.get("pageSize", str(MOST)))
            offset = _offset(request.query.get("pageToken", ""))
        except ValueError:
            return refusal(400)
        if not 1 <= size <= MOST or request.query.get("orderBy", "updateTime desc") != "updateTime desc":
            return refusal(400)
        reviews, total = self._store.page(location, size, offset)
        answer: dict[str, Any] = {"reviews": reviews} if reviews else {}
        answer |= {"averageRating": self._store.average(location), "totalReviewCount": total}
        if offset + size < total:
            answer["nextPageToken"] = base64.urlsafe_b64encode(str(offset + size).encode()).decode()
        return json_answer(answer, accepted=True)

    async def leave(self, request: web.Request) -> web.Response:
        given = await request.json()
        return web.json_response({"id": self._store.leave(str(given["location"]), given)}, status=201)

    async def change_access(self, request: web.Request) -> web.Response:
        """`{"location": …, "managed": …}` for one location, `{"refresh": …}` for the account, `{"expire": true}` for tokens."""
        given = await request.json()
        if "location" in given:
            self._store.manage(str(given["location"]), bool(given.get("managed", True)))
        if "refresh" in given:
            self._tokens.may_refresh = bool(given["refresh"])
        if given.get("expire"):
            self._tokens.forget_all()
        return web.json_response({})


def _offset(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode())) if token else 0
    except binascii.Error as error:
        raise ValueError("not a page token") from error
