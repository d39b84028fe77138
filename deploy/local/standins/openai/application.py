"""Puts the stand-in together: one operation, its errors as the API words them, and the manner it is told to have.

https://platform.openai.com/docs/api-reference/chat/create, https://platform.openai.com/docs/guides/error-codes.
"""

import hmac
import json
import time
import uuid
from pathlib import Path
from typing import Any

from aiohttp import web

from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.door import Answer, Door, json_answer
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.openai.manners import Manner, choice

NAME = "openai"
_TYPES = {401: "invalid_request_error", 429: "rate_limit_exceeded"}


class Model:
    """What answers: asked for chat completions, told in which manner."""

    def __init__(self, door: Door, api_key: str) -> None:
        self._door = door
        self._api_key = api_key
        self._manner = Manner.GOOD
        self._saying = ""
        self._asked: list[Any] = []

    def routes(self) -> list[web.RouteDef]:
        """Its routes."""
        return [
            web.post("/v1/chat/completions", self._complete),
            web.put(f"{PREFIX}/manner", self._put_manner),
            web.get(f"{PREFIX}/asked", self._show_asked),
        ]

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()

        async def work() -> Answer:
            shown = request.headers.get("Authorization", "")
            if not hmac.compare_digest(shown.encode(), f"Bearer {self._api_key}".encode()):
                return refusal(401, "invalid_api_key", "Incorrect API key provided.")
            return self._answered(text)

        return await self._door.receive(request, Call(operation="complete", body=text), work)

    def _answered(self, text: str) -> Answer:
        try:
            asked = json.loads(text)
            task = json.loads(asked["messages"][-1]["content"])
            is_schema = asked["response_format"]["type"] == "json_schema"
        except (ValueError, KeyError, IndexError, TypeError):
            return refusal(400, "invalid_request", "We could not parse the JSON body of your request.")
        if not is_schema or asked.get("store") is not False:
            return refusal(400, "invalid_request", "This stand-in wants a schema, and nothing stored.")
        self._asked.append(asked)
        identity = f"chatcmpl-{uuid.uuid4().hex}"
        body = {
            "id": identity,
            "object": "chat.completion",
            "created": int(time.time()),
            "model": asked.get("model"),
            "choices": [choice(self._manner, task["text"], self._saying)],
            "usage": {"prompt_tokens": len(text) // 4, "completion_tokens": 100, "total_tokens": len(text) // 4 + 100},
        }
        return json_answer(body, accepted=True, provider_id=identity)

    async def _put_manner(self, request: web.Request) -> web.Response:
        told = await request.json()
        try:
            self._manner, self._saying = Manner(told.get("manner")), str(told.get("saying", ""))
        except ValueError:
            return web.json_response({"error": f"manners: {', '.join(Manner)}"}, status=422)
        return web.json_response({"manner": self._manner})

    async def _show_asked(self, _: web.Request) -> web.Response:
        return web.json_response(self._asked)


def refusal(status: int, code: Any = None, message: str | None = None) -> Answer:
    """An error as the API words it."""
    error = {
        "message": message or "The server had an error while processing your request.",
        "type": _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error"),
        "param": None,
        "code": code,
    }
    return json_answer({"error": error}, status)


def make_application(api_key: str, state_dir: Path) -> web.Application:
    """The stand-in; its request log is in `state_dir`."""
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    plan = FaultPlan()

    app = web.Application(client_max_size=1_048_576)
    close_with(app, log)
    app.add_routes(Model(Door(plan, log, refusal), api_key).routes())
    app.add_routes(control_routes(NAME, plan, log))
    return app
