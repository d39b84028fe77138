"""Puts the stand-in together: tokens that change, the query endpoint, web hooks, and the control routes of companies."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import BasicAuth, web

from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.documents import SCHEMA, Documents
from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.quickbooks.books import NotUnderstood, answer
from deploy.local.standins.quickbooks.web_hooks import body_of, signature

NAME = "quickbooks"


@dataclass(frozen=True)
class App:
    """Our app as Intuit knows it."""

    client_id: str
    client_secret: str
    verifier: str
    web_hook: str
    """Where changes are told; empty for nowhere."""


class _Api:
    def __init__(self, documents: Documents, door: Door, app: App) -> None:
        self._documents = documents
        self._door = door
        self._app = app

    async def token(self, request: web.Request) -> web.StreamResponse:
        """The token endpoint. Every exchange replaces the refresh token: harsher than Intuit, who does so now and then."""
        form = await request.post()

        async def work() -> Answer:
            if request.headers.get("Authorization") != BasicAuth(self._app.client_id, self._app.client_secret).encode():
                return json_answer({"error": "invalid_client"}, 401)
            given = self._documents.exchange(str(form.get("refresh_token")), rotate=True)
            if form.get("grant_type") != "refresh_token" or given is None:
                said = "Incorrect or invalid refresh token"
                return json_answer({"error": "invalid_grant", "error_description": said}, 400)
            tokens = {"access_token": given[0], "refresh_token": given[1], "expires_in": 3600, "token_type": "bearer"}
            return json_answer(tokens | {"x_refresh_token_expires_in": 8726400}, accepted=True)

        return await self._door.receive(request, Call("token"), work)

    async def query(self, request: web.Request) -> web.StreamResponse:
        """`GET /v3/company/{realm}/query`."""
        realm, query = request.match_info["realm"], request.query.get("query", "")

        async def work() -> Answer:
            opened = self._documents.opened_by(request.headers.get("Authorization", ""))
            if opened is None:
                return refusal(401, "3200", "message=AuthenticationFailed; errorCode=003200; statusCode=401")
            content = self._documents.find(realm)
            if opened != realm or content is None:
                return refusal(403, "3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403")
            try:
                return json_answer(answer(content, query), accepted=True)
            except NotUnderstood:
                return refusal(400, "4000", "Error parsing query")

        return await self._door.receive(request, Call("query", recipient=realm, body=query), work)

    async def put(self, request: web.Request) -> web.Response:
        """Set a company up, or change it: its objects by kind, and the refresh token that opens it."""
        realm, content = request.match_info["realm"], await request.json()
        if "refresh_token" in content:
            self._documents.allow(realm, content.pop("refresh_token"))
        self._documents.put(realm, (self._documents.find(realm) or {}) | content)
        return web.json_response(self._documents.find(realm))

    async def revoke(self, request: web.Request) -> web.Response:
        """Take our access to a company away."""
        self._documents.revoke(request.match_info["realm"])
        return web.json_response({})

    async def tell(self, request: web.Request) -> web.Response:
        """Send a signed web hook about one object; answers with the status it got."""
        told = await request.json()
        cloud_events = bool(told.get("cloud_events"))
        body = body_of(
            request.match_info["realm"], told["kind"], told["id"], told["operation"], cloud_events=cloud_events
        )
        headers = {"intuit-signature": signature(self._app.verifier, body), "Content-Type": "application/json"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._app.web_hook, data=body, headers=headers) as got,
        ):
            return web.json_response({"status": got.status})


def refusal(status: int, code: Any, message: str | None) -> Answer:
    """A refusal as the accounting API words it."""
    errors = [{"Message": message or "message", "Detail": message or "", "code": str(code or status)}]
    kind = "AUTHENTICATION" if status == 401 else "AuthorizationFault" if status == 403 else "ValidationFault"
    return json_answer({"Fault": {"Error": errors, "type": kind}, "time": "2026-11-21T00:00:00.000-08:00"}, status)


def make_application(state_dir: Path, known: App) -> web.Application:
    """The stand-in over the state in `state_dir`, for one app."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log, plan = RequestLog(state_dir / f"{NAME}.requests.jsonl"), FaultPlan()
    api = _Api(Documents(database), Door(plan, log, refusal), known)

    app = web.Application(client_max_size=16 * 1024 * 1024)
    close_with(app, log, database)
    app.add_routes(
        [
            web.post("/oauth2/v1/tokens/bearer", api.token),
            web.get("/v3/company/{realm}/query", api.query),
            web.put(f"{PREFIX}/companies/{{realm}}", api.put),
            web.delete(f"{PREFIX}/companies/{{realm}}/access", api.revoke),
            web.post(f"{PREFIX}/companies/{{realm}}/changes", api.tell),
            *control_routes(NAME, plan, log),
        ]
    )
    return app
