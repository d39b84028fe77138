"""Puts the stand-in together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from deploy.local.standins.kit.agenda import Agenda
from deploy.local.standins.kit.control import control_routes
from deploy.local.standins.kit.database import open_database
from deploy.local.standins.kit.door import Door
from deploy.local.standins.kit.faults import FaultPlan
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.kit.told_log import ToldLog
from deploy.local.standins.twilio.account import Account
from deploy.local.standins.twilio.api import MessagesApi
from deploy.local.standins.twilio.errors import refusal
from deploy.local.standins.twilio.inbound import Inbound
from deploy.local.standins.twilio.lifecycle import Pace
from deploy.local.standins.twilio.lookup import lookup_route
from deploy.local.standins.twilio.messaging import Messaging
from deploy.local.standins.twilio.store import SCHEMA, Store
from deploy.local.standins.twilio.web_hooks import Overrides, WebHook, WebHookCaller, token_of

NAME = "twilio"


def make_application(account: Account, state_dir: Path, pace: Pace, overrides: Overrides) -> web.Application:
    """The stand-in over the state in `state_dir`; what an earlier process left to be done is taken up."""
    database = open_database(state_dir / f"{NAME}.sqlite3", SCHEMA)
    log = RequestLog(state_dir / f"{NAME}.requests.jsonl")
    told = ToldLog(state_dir, NAME)
    plan = FaultPlan()
    store = Store(database)
    callers: list[WebHookCaller] = []

    async def perform(_: str, payload: dict[str, Any]) -> None:
        hook = WebHook(**payload)
        if not hook.forged:
            told.append(*hook.news, token=hook.token)
        await inbound.deliver(callers[0], hook)

    agenda = Agenda(database, perform)
    messaging = Messaging(account, store, agenda, plan, pace)
    inbound = Inbound(account, store, messaging, plan, log)

    async def background(_: web.Application) -> AsyncIterator[None]:
        await _log_what_a_kill_left_out(store, log)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
            callers.append(WebHookCaller(session, account.auth_token, overrides))
            work = asyncio.create_task(agenda.run())
            yield
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
        log.close()
        told.close()
        database.close()

    app = web.Application()
    app.cleanup_ctx.append(background)
    door = Door(plan, log, refusal)
    app.add_routes(MessagesApi(account, store, messaging, door).routes())
    app.add_routes([lookup_route(account, door)])
    app.add_routes(control_routes(NAME, plan, log))
    app.add_routes([inbound.route(agenda)])
    return app


async def _log_what_a_kill_left_out(store: Store, log: RequestLog) -> None:
    # A process killed between storing a message and logging its request has accepted it all the same.
    logged = {line["provider_id"] for line in log.lines()}
    for message in store.created_through_the_api():
        if message.sid not in logged:
            call = Call("create_message", message.recipient, token_of(message.status_callback), message.body)
            await log.append(call, accepted=True, provider_id=message.sid, status=None, fault="killed")
