"""Puts the stand-in together, with what steers it: who is known, and what the next tokens say."""

from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from deploy.local.standins.identity.api import ProviderApi, Registration, refusal
from deploy.local.standins.identity.store import SCHEMA, Person, Store
from deploy.local.standins.identity.tokens import Tokens
from deploy.local.standins.kit.closing import close_with
from deploy.local.standins.kit.control import PREFIX, control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.door import Door
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import RequestLog

NAME = "identity"


def make_application(registration: Registration, people: Iterable[Person], state_dir: Path) -> web.Application:
    """The stand-in over the state in `state_dir`, into which `people` are entered."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    plan, store = FaultPlan(), Store(database)
    tokens = Tokens(store.key)
    for person in people:
        store.enter(person)

    app = web.Application()
    close_with(app, log, database)
    app.add_routes(ProviderApi(registration, store, tokens, Door(plan, log, refusal)).routes())
    app.add_routes(control_routes(NAME, plan, log))
    app.add_routes(_steering(store, tokens))
    return app


def _steering(store: Store, tokens: Tokens) -> list[web.RouteDef]:
    async def show(_: web.Request) -> web.Response:
        return web.json_response([one._asdict() for one in store.people().values()])

    async def enter(request: web.Request) -> web.Response:
        """`{"subject": …, "email": …, "name": …, "verified": true}`."""
        given = await request.json()
        subject, email = str(given["subject"]), str(given["email"])
        store.enter(Person(subject, str(given.get("name", email)), email, bool(given.get("verified", True))))
        return await show(request)

    async def take_out(request: web.Request) -> web.Response:
        store.take_out(request.match_info["subject"])
        return await show(request)

    async def steer(request: web.Request) -> web.Response:
        """`{"claims": {"nonce": …}, "forged": true}`; `{}` has the next tokens say the truth again."""
        given = await request.json()
        tokens.steer(dict(given.get("claims", {})), bool(given.get("forged")))
        return web.json_response({})

    return [
        web.get(f"{PREFIX}/people", show),
        web.post(f"{PREFIX}/people", enter),
        web.delete(f"{PREFIX}/people/{{subject}}", take_out),
        web.put(f"{PREFIX}/tokens", steer),
    ]
