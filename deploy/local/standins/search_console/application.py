"""Puts the stand-in together: the token endpoint, Search Analytics, and the control routes that set up properties."""

import json
from pathlib import Path
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.documents import SCHEMA, Documents
from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.search_console.analytics import Refused, answer

NAME = "search_console"
REASONS = {401: "authError", 403: "forbidden", 429: "rateLimitExceeded"}


class _Api:
    def __init__(self, documents: Documents, door: Door, client: tuple[str, str]) -> None:
        self._documents = documents
        self._door = door
        self._client = client

    async def token(self, request: web.Request) -> web.StreamResponse:
        """RFC 6749, section 6, as https://developers.google.com/identity/protocols/oauth2/web-server has it."""
        form = await request.post()

        async def work() -> Answer:
            if (form.get("client_id"), form.get("client_secret")) != self._client:
                return json_answer({"error": "invalid_client", "error_description": "Unauthorized"}, 401)
            given = self._documents.exchange(str(form.get("refresh_token")), rotate=False)
            if form.get("grant_type") != "refresh_token" or given is None:
                said = "Token has been expired or revoked."
                return json_answer({"error": "invalid_grant", "error_description": said}, 400)
            return json_answer({"access_token": given[0], "expires_in": 3599, "token_type": "Bearer"}, accepted=True)

        return await self._door.receive(request, Call("token"), work)

    async def query(self, request: web.Request) -> web.StreamResponse:
        """`searchanalytics.query` of one property."""
        site, text = request.match_info["site"], await request.text()

        async def work() -> Answer:
            opened = self._documents.opened_by(request.headers.get("Authorization", ""))
            if opened is None:
                return refusal(401, None, "Request had invalid authentication credentials.")
            content = self._documents.find(site)
            if opened != site or content is None:
                return refusal(403, None, f"User does not have sufficient permission for site '{site}'.")
            try:
                return json_answer(answer(content, json.loads(text)), accepted=True)
            except Refused as refused:
                return refusal(refused.status, refused.reason, refused.message)

        return await self._door.receive(request, Call("query", recipient=site, body=text), work)

    async def put(self, request: web.Request) -> web.Response:
        """Set a property up, or change it: its days, and the refresh token that opens it."""
        site, content = request.match_info["site"], await request.json()
        if "refresh_token" in content:
            self._documents.allow(site, content.pop("refresh_token"))
        self._documents.put(
            site, {"days": {}, "final_through": "1970-01-01"} | (self._documents.find(site) or {}) | content
        )
        return web.json_response(self._documents.find(site))

    async def revoke(self, request: web.Request) -> web.Response:
        """Take our access to a property away."""
        self._documents.revoke(request.match_info["site"])
        return web.json_response({})


def refusal(status: int, code: Any, message: str | None) -> Answer:
    """A refusal as Google's APIs word it."""
    reason = code or REASONS.get(status, "backendError")
    errors = [{"domain": "global", "reason": reason, "message": message or reason}]
    return json_answer({"error": {"code": status, "message": message or reason, "errors": errors}}, status)


def make_application(state_dir: Path, client_id: str, client_secret: str) -> web.Application:
    """The stand-in over the state in `state_dir`, for one OAuth client."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log, plan = RequestLog(state_dir / f"{NAME}.requests.jsonl"), FaultPlan()
    api = _Api(Documents(database), Door(plan, log, refusal), (client_id, client_secret))

    app = web.Application(client_max_size=16 * 1024 * 1024)
    close_with(app, log, database)
    app.add_routes(
        [
            web.post("/token", api.token),
            web.post("/webmasters/v3/sites/{site}/searchAnalytics/query", api.query),
            web.put(f"{PREFIX}/properties/{{site}}", api.put),
            web.delete(f"{PREFIX}/properties/{{site}}/access", api.revoke),
            *control_routes(NAME, plan, log),
        ]
    )
    return app
