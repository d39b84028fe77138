"""Puts the stand-in together."""

from pathlib import Path

from aiohttp import web

from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.door import Door
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import RequestLog
from deploy.local.standins.salesforce.api import SalesforceApi
from deploy.local.standins.salesforce.errors import refusal
from deploy.local.standins.salesforce.sessions import Sessions
from deploy.local.standins.salesforce.store import SCHEMA, Store

NAME = "salesforce"


def make_application(client_id: str, client_secret: str, state_dir: Path) -> web.Application:
    """The stand-in over the state in `state_dir`, for one connected app."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    plan, store, sessions = FaultPlan(), Store(database), Sessions(client_id, client_secret)

    async def show(request: web.Request) -> web.Response:
        return web.json_response(store.all(request.match_info["type"]))

    async def create(request: web.Request) -> web.Response:
        return web.json_response(store.create(request.match_info["type"], await request.json()))

    async def change(request: web.Request) -> web.Response:
        store.update(request.match_info["type"], request.match_info["id"], await request.json())
        return web.Response(status=204)

    async def expire(_: web.Request) -> web.Response:
        sessions.expire()
        return web.Response(status=204)

    app = web.Application()
    close_with(app, log, database)
    app.add_routes(SalesforceApi(store, sessions, Door(plan, log, refusal)).routes())
    app.add_routes(control_routes(NAME, plan, log))
    app.add_routes(
        [
            web.get(f"{PREFIX}/records/{{type}}", show),
            web.post(f"{PREFIX}/records/{{type}}", create),
            web.patch(f"{PREFIX}/records/{{type}}/{{id}}", change),
            web.post(f"{PREFIX}/expire", expire),
        ]
    )
    return app
