"""The receiver: verifies, keeps each message once by its id, and knows how every lead stands."""

import json
from pathlib import Path
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.database import DatabaseStore, open_database
from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.web_hook.verifying import why_refused

NAME = "web_hook"
SCHEMA = """
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS lead (id TEXT PRIMARY KEY, state TEXT NOT NULL, told TEXT NOT NULL);
"""
STATES = {"lead.handed_off": "handed_off", "lead.handoff_voided": "voided"}


class Store(DatabaseStore):
    """Messages that have come in and leads as they stand."""

    def take_in(self, message_id: str, content: dict[str, Any]) -> bool:
        """Keep a message; one that is known changes nothing. Returns False if somebody works on the lead."""
        state, told = STATES[content["type"]], content["data"]
        lead_id = str(told["lead_id"])
        with self.transaction():
            if self._database.execute("SELECT 1 FROM message WHERE id = ?", (message_id,)).fetchone():
                return True
            if state == "voided" and self.leads().get(lead_id, {}).get("state") == "taken":
                return False
            self._database.execute("INSERT INTO message (id) VALUES (?)", (message_id,))
            self._database.execute(
                "INSERT INTO lead (id, state, told) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state",
                (lead_id, state, json.dumps(told)),
            )
        return True

    def take(self, lead_id: str) -> None:
        """Somebody works on a lead."""
        self._database.execute("UPDATE lead SET state = 'taken' WHERE id = ?", (lead_id,))

    def leads(self) -> dict[str, dict[str, Any]]:
        """Every lead by our id: `state` and what was `told`."""
        rows = self._database.execute("SELECT id, state, told FROM lead")
        return {lead_id: {"state": state, "told": json.loads(told)} for lead_id, state, told in rows}


def make_application(secret: str, state_dir: Path) -> web.Application:
    """The stand-in over the state in `state_dir`."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    plan, store = FaultPlan(), Store(database)
    door = Door(plan, log, lambda status, code, message: json_answer({"error": code or message or "no"}, status))

    async def receive(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        content = _content(body)
        told = content.get("data", {})
        names = tuple(str(told[name]) for name in ("phone", "email", "lead_id") if told.get(name))
        message_id = request.headers.get("webhook-id", "")

        async def work() -> Answer:
            if wrong := why_refused(secret, request.headers, body):
                return json_answer({"error": wrong}, 401)
            if content.get("type") not in STATES:
                return json_answer({"error": "unknown type"}, 422)
            if not store.take_in(message_id, content):
                return json_answer({"error": "somebody works on this lead"}, 409)
            return Answer(204, b"", accepted=True, provider_id=message_id)

        call = Call(str(content.get("type")), names[0] if names else None, message_id, body.decode("latin-1"), names)
        return await door.receive(request, call, work)

    async def show(_: web.Request) -> web.Response:
        return web.json_response(store.leads())

    async def take(request: web.Request) -> web.Response:
        store.take(request.match_info["id"])
        return web.Response(status=204)

    app = web.Application()
    close_with(app, log, database)
    app.add_routes([web.post("/leads", receive)])
    app.add_routes(control_routes(NAME, plan, log))
    app.add_routes([web.get(f"{PREFIX}/leads", show), web.post(f"{PREFIX}/leads/{{id}}/take", take)])
    return app


def _content(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
