"""The composition root: settings, providers, activities, Worker. Read it as the table of contents.

`python -m worker` runs until it gets SIGTERM or SIGINT, then lets running activities finish. What is made of rows and
providers is made in `activities.composition`.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.worker import Worker

from activities.composition import steps
from activities.composition.duties import standing_duties
from activities.composition.outside import Outside
from activities.crm_ports import Crm
from activities.digest_ports import FigureSource
from activities.error_boundary import ErrorBoundary
from activities.heartbeats import Heartbeats
from activities.measuring import MeasuredResults
from activities.providers.google_business import GoogleBusiness
from activities.providers.hubspot import HubSpot
from activities.providers.openai_drafter import OpenAiDrafter
from activities.providers.quickbooks import QuickBooks
from activities.providers.salesforce import Salesforce
from activities.providers.search_console import SearchConsole
from activities.providers.ses_email import SesEmail
from activities.providers.standard_web_hook import StandardWebHook
from activities.providers.twilio_account_list import TwilioAccountList
from activities.providers.twilio_lookup import TwilioLookup
from activities.providers.twilio_sms import TwilioSms, callback_url
from models.connection import connect
from models.crm_settings import CrmProvider, CrmSettings
from models.database.engine import make_engine, transaction
from models.database.safety import leave_if_unsafe
from models.database.wording_marks import note_agency
from models.digests.sources import SourceName
from models.failpoints import arm
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.settings import Settings
from models.terms import Channel
from workflows.guard import Guard
from workflows.open_runs import open_runs
from workflows.principals import VerifiedPrincipals
from workflows.registry import WORKFLOWS
from workflows.versions import deployment_config, make_current

log = logging.getLogger("worker")


def providers(settings: Settings) -> Outside:
    """Return the real providers, as far as they are set up."""
    twilio = TwilioSms(settings.twilio, callback_url(settings.public_base_url))
    return Outside(
        channels={Channel.SMS: twilio, Channel.EMAIL: SesEmail(settings.ses)},
        lists={"twilio": twilio},
        crm=crm(settings.crm),
        history=TwilioAccountList(settings.twilio) if settings.twilio.account_sid else None,
        reviews=GoogleBusiness(settings.google_business) if settings.google_business.is_set_up else None,
        figures=figure_sources(settings),
        drafter=OpenAiDrafter(settings.drafter) if settings.drafter.model else None,
        lines=TwilioLookup(settings.twilio, settings.lookup) if settings.lookup.enabled else None,
    )


def figure_sources(settings: Settings) -> dict[SourceName, FigureSource]:
    """Return the sources of figures for which we have a client of our own."""
    found: dict[SourceName, FigureSource] = {}
    if settings.search_console.client_id:
        found[SourceName.SEARCH_CONSOLE] = SearchConsole(settings.search_console)
    if settings.quickbooks.client_id:
        found[SourceName.QUICKBOOKS] = QuickBooks(settings.quickbooks)
    return found


def crm(settings: CrmSettings) -> Crm | None:
    """Return the CRM; None leaves every lead to a person."""
    match settings.provider:
        case CrmProvider.HUBSPOT:
            return HubSpot(settings) if settings.token.get_secret_value() else None
        case CrmProvider.SALESFORCE:
            return Salesforce(settings)
        case CrmProvider.WEB_HOOK:
            return StandardWebHook(settings)
        case CrmProvider.NONE:
            return None


def make_worker(
    client: Client, settings: Settings, engine: Engine, outside: Outside, meter: MetricMeter = MetricMeter.noop
) -> Worker:
    """Return the worker with everything it needs. Nothing is connected by this call."""
    threads, principals = settings.temporal.threads, VerifiedPrincipals(client, asyncio.get_running_loop())
    return Worker(
        client,
        task_queue=settings.temporal.task_queue,
        workflows=WORKFLOWS,
        activities=[
            *steps.of_every_run(settings, engine, outside, principals, meter),
            *steps.of_outreach(settings, engine, outside),
            *steps.of_review_requests(settings, engine),
            *steps.of_report_digests(settings, engine, outside),
            *steps.of_incidents(settings, engine),
        ],
        interceptors=[Guard(), ErrorBoundary(), Heartbeats(), MeasuredResults(meter)],
        activity_executor=ThreadPoolExecutor(threads, "activity"),
        max_concurrent_activities=threads // 2,
        max_concurrent_local_activities=threads // 2,
        graceful_shutdown_timeout=settings.timers.request + timedelta(seconds=5),
        deployment_config=deployment_config(settings.temporal.deployment, settings.temporal.build_id),
    )


def asked_of(client: Client) -> Callable[[], list[UUID] | None]:
    """Return what asks for the running workflows from a thread beside this loop."""
    loop = asyncio.get_running_loop()
    return lambda: asyncio.run_coroutine_threadsafe(open_runs(client), loop).result()


async def main(settings: Settings) -> None:
    """Run the worker and its standing duties until a signal asks to stop."""
    configure_logs(settings.observability.log_level, "worker")
    arm(settings.failpoints)
    observed = observe(settings.observability, Process.WORKER)
    engine = make_engine(settings.database, pool_size=settings.temporal.threads)
    leave_if_unsafe(engine, log)
    with transaction(engine) as session:
        note_agency(session, [settings.public_base_url], [settings.ses.from_address])
    client = await connect(settings, observed=observed)
    outside = providers(settings)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with make_worker(client, settings, engine, outside, observed.meter):
        duties = standing_duties(settings, engine, outside, observed, asked_of(client))
        beside = [asyncio.create_task(duty) for duty in duties]
        if settings.temporal.build_id and settings.temporal.becomes_current:
            await make_current(client, settings.temporal.deployment, settings.temporal.build_id)
        print('{"ready": true}', flush=True)  # noqa: T201  (whoever started this process waits for the line)
        await stopped.wait()
        for task in beside:
            task.cancel()
    engine.dispose()
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does


if __name__ == "__main__":
    asyncio.run(main(Settings()))
