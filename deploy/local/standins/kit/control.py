"""The control routes every stand-in has on its own port, under `/_standin/`.

GET health · GET log?after=SEQ (list of log lines) · GET faults (list of rules with `fired`) ·
PUT faults (replace all by a list) · POST faults (add one rule or a list) · DELETE faults, DELETE faults/{id}.
Every change of the faults answers with the list as it is afterwards; a rule that is not understood, with 422.
"""

from typing import Any

from aiohttp import web
from pydantic import ValidationError

from deploy.local.standins.kit.faults import FaultPlan, FaultRule
from deploy.local.standins.kit.request_log import RequestLog

PREFIX = "/_standin"


def control_routes(name: str, plan: FaultPlan, log: RequestLog) -> list[web.RouteDef]:
    """The routes for `app.add_routes`; add your own beside them under `PREFIX`."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"name": name, "status": "ok", "requests": log.count})

    async def read_log(request: web.Request) -> web.Response:
        return web.json_response(log.lines(after=int(request.query.get("after", "0"))))

    async def read_faults(_: web.Request) -> web.Response:
        return web.json_response(plan.described())

    async def change_faults(request: web.Request) -> web.Response:
        try:
            rules = [FaultRule.model_validate(rule) for rule in _as_list(await request.json())]
        except (ValidationError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=422)
        if request.method == "PUT":
            plan.clear()
        for rule in rules:
            plan.add(rule)
        return web.json_response(plan.described())

    async def remove_faults(request: web.Request) -> web.Response:
        rule_id = request.match_info.get("id")
        if rule_id is None:
            plan.clear()
        elif not plan.remove(rule_id):
            return web.json_response({"error": f"no rule {rule_id}"}, status=404)
        return web.json_response(plan.described())

    return [
        web.get(f"{PREFIX}/health", health),
        web.get(f"{PREFIX}/log", read_log),
        web.get(f"{PREFIX}/faults", read_faults),
        web.put(f"{PREFIX}/faults", change_faults),
        web.post(f"{PREFIX}/faults", change_faults),
        web.delete(f"{PREFIX}/faults", remove_faults),
        web.delete(f"{PREFIX}/faults/{{id}}", remove_faults),
    ]


def _as_list(rules: Any) -> list[Any]:
    return rules if isinstance(rules, list) else [rules]
