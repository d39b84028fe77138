"""The HTTP application. It needs PostgreSQL only: what Temporal must hear of is a row that a relay delivers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI

from models.database.inbound.continuity import Listener
from models.database.safety import refuse_unsafe
from models.observability.switch import OFF, Observability
from models.settings import Settings
from starter import api_docs, codec, review_links, unsubscribing
from starter.api import (
    approvals,
    audits,
    client_contacts,
    clients,
    consent,
    consent_history,
    controls,
    corrections,
    drafts,
    explanations,
    handoffs,
    health,
    imports,
    inbox,
    incidents,
    lead_events,
    lead_sources,
    leads,
    ledger,
    library,
    marks,
    measures,
    messages,
    outcomes,
    outputs,
    outreach,
    pauses,
    portal_posts,
    report_digests,
    report_sources,
    reports,
    review_locations,
    review_requests,
    rollbacks,
    rules,
    runs,
    tasks,
    template_tests,
    wording,
)
from starter.console.mounting import console_routes, include_console
from starter.console.navigation import menu
from starter.front_door import FrontDoor
from starter.measuring import observe_requests
from starter.portal import assets, feed, pages
from starter.problems import SENTENCES, answer_with_problems, documented
from starter.release import release
from starter.resources import make_resources
from starter.signs_of_life import say_good_bye, show_signs_of_life
from starter.webhooks import crm, quickbooks, twilio
from starter.webhooks import leads as lead_web_hooks

_DESCRIPTION = """
Runs client communication: a lead enters, a person approves, messages leave once and only with consent, a reply goes to a
person. Show the API key of a member of staff as `Authorization: Bearer <key>`. Errors are `application/problem+json`
(RFC 9457); their `detail` says what to do.
"""
_V1 = (
    outreach, review_requests, review_locations, leads, lead_events, lead_sources, imports, runs, controls, rollbacks,
    corrections, pauses, incidents, approvals, tasks, messages, explanations, handoffs, inbox, consent, consent_history,
    clients, client_contacts, portal_posts, library, template_tests, ledger, audits, rules, wording, marks, drafts, outcomes,
    reports, report_sources, report_digests, outputs, measures,
)  # fmt: skip
_PARTS = (
    twilio, lead_web_hooks, quickbooks, crm, unsubscribing, review_links, health, api_docs, codec, assets, feed, pages,
)  # fmt: skip


def create_app(settings: Settings, observed: Observability = OFF) -> FastAPI:
    """Return the application. Nothing is connected before it starts; it does not start on an unsafe database."""
    resources = make_resources(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_sync(refuse_unsafe, resources.engine)
        timers, threads = settings.timers, resources.webhook_threads
        listener = Listener(resources.webhook_engine, timers.heartbeat, timers.inbound_silence)
        living = asyncio.create_task(show_signs_of_life(listener, threads, timers.heartbeat))
        yield
        living.cancel()
        await say_good_bye(listener, threads)
        await run_sync(resources.refusals.write)
        await run_sync(resources.lead_refusals.write)
        await run_sync(resources.quickbooks_refusals.write)
        await run_sync(resources.crm_refusals.write)
        resources.close()

    app = FastAPI(
        title="ZartsAlgo Comms",
        version=release(),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url="/swagger",
        redoc_url=None,
    )
    app.state.resources = resources
    app.add_middleware(
        FrontDoor,
        max_body_bytes=settings.api.max_body_bytes,
        https=settings.public_base_url.startswith("https:"),
        larger=dict.fromkeys(lead_web_hooks.MAY_BE_LARGE, settings.api.max_lead_body_bytes)
        | {f"{codec.router.prefix}/": codec.MAX_BODY_BYTES},
    )
    observe_requests(app, observed)
    answer_with_problems(app)
    app.router.routes.extend(_routes().routes)
    app.state.console_menu = menu({route.path for route in console_routes()})
    return app


@cache
def _routes() -> APIRouter:
    """Return every route. Made once: the applications of a process share what FastAPI derives from them."""
    every = APIRouter()
    for part in _V1:
        every.include_router(part.router, responses=documented(*SENTENCES))
    for part in _PARTS:
        every.include_router(part.router)
    every.include_router(assets.anything_else)
    include_console(every)
    return every
