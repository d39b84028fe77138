"""The composition root: settings, providers, activities, Worker. Read it as the table of contents.

`python -m worker` runs until it gets SIGTERM or SIGINT, then lets running activities finish.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session
from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.worker import Worker

from activities import ports
from activities.approval_notices import ApprovalReminder, NoticeWriter
from activities.asking_for_reviews import ReviewActivities
from activities.auditing import Auditor
from activities.backfilling import Backfiller
from activities.crm_access import CrmAccess
from activities.digest_ports import FigureSource
from activities.digesting import DigestActivities
from activities.drafting import DraftingActivities
from activities.enrolling import EnrollingActivities
from activities.error_boundary import ErrorBoundary
from activities.handing_over import HandoffActivities
from activities.incidents import IncidentActivities
from activities.line_types import LookUpFirst
from activities.lookup_budget import LookupBudget
from activities.measuring import MeasuredChannel, MeasuredResults
from activities.messaging import MessagingActivities
from activities.opening_periods import PeriodActivities
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
from activities.publishing import PublishingActivities
from activities.reading_reviews import ReviewReader, Reviews, reading_reviews
from activities.reading_sources import SourceActivities
from activities.reconciling import Reconciler
from activities.recovering import Recovery
from activities.recovery_ports import AccountHistory
from activities.running import RunActivities
from activities.standing import (
    auditing,
    backfilling,
    handing_over_again,
    letting_lapse,
    recovering,
    reminding,
    repeat,
    settling_corrections,
    sweeping,
    watching_pauses,
)
from activities.taking_back import TakingBackActivities
from activities.telling_clients import NoticeActivities
from activities.undoing import MessageUndoer, PauseUndoer
from activities.undoing_crm import CrmUndoer
from activities.undoing_ports import Undoer
from activities.undoing_posts import PostUndoer
from models.approval_nudges import Patience
from models.compensation import UndoKind
from models.connection import connect, key_ring
from models.crm_settings import CrmProvider, CrmSettings
from models.database.corrections import Corrections
from models.database.doubts.reconciliation import Reconciliation
from models.database.drafting import Drafts
from models.database.engine import make_engine, transaction
from models.database.enrollments import Enrollments
from models.database.gauges import gauges
from models.database.handoffs import Handoffs
from models.database.inbound.backfills import Backfills
from models.database.incidents.notices import PostgresIncidents
from models.database.line_types import LineTypes
from models.database.permission.approval_notices import ApprovalNotices
from models.database.permission.approval_watch import ApprovalWatch
from models.database.permission.lapsing import UnreviewedHolds
from models.database.permission.pause_watch import PauseWatch
from models.database.permission.previews import Policy
from models.database.portal import links
from models.database.portal.of_workflows import PostsOfWorkflows
from models.database.recovery.audits import Audits
from models.database.recovery.recoveries import Recoveries
from models.database.reports.digest_rows import DigestRows
from models.database.reports.notice_rows import NoticeRows
from models.database.reports.own_source import OwnRows
from models.database.reports.period_rows import PeriodRows
from models.database.reports.source_rows import SourceRows
from models.database.review_requests.reading import ReadReviews
from models.database.review_requests.requests import ReviewRequests
from models.database.run_control import RunControl
from models.database.safety import leave_if_unsafe
from models.database.sending.gate_rules import gate_rules
from models.database.sending.ledger import PostgresLedger
from models.database.undo_standings import UndoStandings
from models.database.undos import Undos
from models.database.wording_marks import note_agency
from models.digests.sources import SourceName
from models.failpoints import arm
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.review_requests.links import link_token
from models.settings import Settings
from models.temporal_ui import workflow_url
from models.terms import Channel
from models.unsubscribing import unsubscribe_token
from workflows.guard import Guard
from workflows.open_runs import open_runs
from workflows.principals import VerifiedPrincipals
from workflows.registry import WORKFLOWS

log = logging.getLogger("worker")
LINK_LASTS = timedelta(days=60)
"""How long a link in a message about a report works."""


@dataclass(frozen=True)
class Outside:
    """The providers of one process."""

    channels: Mapping[Channel, ports.Channel]
    lists: Mapping[str, ports.SentList]
    crm: ports.Crm | None
    history: AccountHistory | None = None
    reviews: Reviews | None = None
    figures: Mapping[SourceName, FigureSource] = field(default_factory=dict)
    """Where the figures of reports come from, beside our own rows."""
    drafter: ports.Drafter | None = None


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
    )


def figure_sources(settings: Settings) -> dict[SourceName, FigureSource]:
    """Return the sources of figures for which we have a client of our own."""
    found: dict[SourceName, FigureSource] = {}
    if settings.search_console.client_id:
        found[SourceName.SEARCH_CONSOLE] = SearchConsole(settings.search_console)
    if settings.quickbooks.client_id:
        found[SourceName.QUICKBOOKS] = QuickBooks(settings.quickbooks)
    return found


def crm(settings: CrmSettings) -> ports.Crm | None:
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


def undoers(engine: Engine, outside: Outside) -> dict[UndoKind, Undoer]:
    """Return how each kind of step is taken back. What no undoer takes back is given to a person."""
    standings, handoffs = UndoStandings(engine), Handoffs(engine)
    return {
        UndoKind.SENT_MESSAGE: MessageUndoer(standings),
        UndoKind.CRM_HANDOFF: CrmUndoer(handoffs, CrmAccess(handoffs, outside.crm)),
        UndoKind.PAUSE: PauseUndoer(standings),
        UndoKind.PORTAL_POST: PostUndoer(PostsOfWorkflows(engine)),
    }


def make_messaging(
    settings: Settings, engine: Engine, outside: Outside, meter: MetricMeter = MetricMeter.noop
) -> MessagingActivities:
    """Return the only way to the providers."""
    callback_key = settings.keys.callback.get_secret_value().encode()

    def unsubscribe_url(row: Mapping[Any, Any]) -> str | None:
        message: UUID = row["id"]
        if row["channel"] != Channel.EMAIL:
            return None
        return f"{settings.public_base_url}/u/{unsubscribe_token(callback_key, message)}"

    ledger = PostgresLedger(
        engine,
        settings.timers,
        callback_key,
        key_ring(settings),
        gate_rules(settings.quiet_hours, settings.timers.inbound_silence, settings.database.epoch).when,
        unsubscribe_url,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        epoch=settings.database.epoch,
    )
    channels = {name: MeasuredChannel(channel, name, meter) for name, channel in outside.channels.items()}
    return MessagingActivities(ledger, channels, looking_up(settings, engine))


def approval_notices(settings: Settings) -> ApprovalNotices:
    """Return what is written to approvers."""
    key, links = settings.keys.approval.get_secret_value().encode(), settings.approvals.link
    return ApprovalNotices(key_ring(settings), key, settings.timers.approval_code, links)


def notice_writer(settings: Settings) -> NoticeWriter:
    """Return how it is written."""
    run_url = partial(workflow_url, settings.temporal.ui_url, settings.temporal.namespace)
    return NoticeWriter(settings.public_base_url, run_url)


def approval_reminder(settings: Settings, engine: Engine, messaging: MessagingActivities) -> ApprovalReminder:
    """Return what sees to approvals that nobody decides on."""
    asked = settings.approvals
    patience = Patience(asked.remind_after, asked.delegate_after, asked.escalate_after)
    watch = ApprovalWatch(engine, approval_notices(settings), patience)
    return ApprovalReminder(watch, notice_writer(settings), messaging)


def asking_for_reviews(settings: Settings, engine: Engine) -> ReviewActivities:
    """Return what asks the customers of finished jobs for reviews."""
    timers, key = settings.timers, settings.keys.callback.get_secret_value().encode()
    return ReviewActivities(
        ReviewRequests(engine),
        Enrollments(engine, approval_notices(settings)),
        partial(link_token, key),
        settings.public_base_url,
        timers.start_to_close,
        timers.activity_retry,
    )


def make_worker(
    client: Client, settings: Settings, engine: Engine, outside: Outside, meter: MetricMeter = MetricMeter.noop
) -> Worker:
    """Return the worker with everything it needs. Nothing is connected by this call."""
    approval_key = settings.keys.approval.get_secret_value().encode()
    timers = settings.timers
    enrolling = EnrollingActivities(
        Enrollments(engine, approval_notices(settings)),
        notice_writer(settings),
        timers.start_to_close,
        timers.activity_retry,
    )
    messaging = make_messaging(settings, engine, outside, meter)
    running = RunActivities(RunControl(engine, approval_key), VerifiedPrincipals(client, asyncio.get_running_loop()))
    asking = asking_for_reviews(settings, engine)
    drafting = DraftingActivities(Drafts(engine), outside.drafter, settings.drafter.tries)
    handing_over = HandoffActivities(Handoffs(engine), outside.crm)

    link_key = settings.keys.callback.get_secret_value().encode()

    def link_to(session: Session, contact_id: UUID, post_id: UUID) -> str:
        return f"{settings.public_base_url}{links.issue(session, contact_id, post_id, link_key, LINK_LASTS)}"

    reading = SourceActivities(SourceRows(engine, key_ring(settings)), outside.figures, OwnRows(engine))
    digesting = DigestActivities(DigestRows(engine))
    telling = NoticeActivities(NoticeRows(engine, link_to))
    closing = PeriodActivities(PeriodRows(engine))
    incidents = IncidentActivities(PostgresIncidents(engine, resume_policy(settings)))
    publishing = PublishingActivities(PostsOfWorkflows(engine))
    taking_back = TakingBackActivities(Undos(engine), undoers(engine, outside))
    return Worker(
        client,
        task_queue=settings.temporal.task_queue,
        workflows=WORKFLOWS,
        activities=[
            enrolling.prepare,
            enrolling.write_approval_notice,
            messaging.send,
            running.look,
            running.settle_signal,
            running.escalate_approval,
            running.close,
            running.note_rollback,
            asking.take_turn,
            asking.plan_request,
            asking.look_at_job,
            asking.note_not_asked,
            handing_over.hand_to_crm,
            reading.read_sources,
            digesting.look_at_digest,
            digesting.hold_digest,
            digesting.draft_digest,
            digesting.escalate_digest,
            digesting.publish_digest,
            digesting.tell_unread,
            digesting.note_read,
            telling.plan_report_notices,
            closing.open_period,
            incidents.look_at_incident,
            incidents.compose_notice,
            incidents.write_notices,
            incidents.publish_notice,
            incidents.chase_update,
            incidents.ask_to_resume,
            incidents.resume_incident,
            publishing.look_at_post,
            publishing.publish,
            publishing.withdraw,
            drafting.draft,
            taking_back.take_back,
        ],
        interceptors=[Guard(), ErrorBoundary(), MeasuredResults(meter)],
        activity_executor=ThreadPoolExecutor(settings.temporal.threads, "activity"),
        max_concurrent_activities=settings.temporal.threads // 2,
        max_concurrent_local_activities=settings.temporal.threads // 2,
        graceful_shutdown_timeout=timers.request + timedelta(seconds=5),
    )


def resume_policy(settings: Settings) -> Policy:
    """Return how pauses are resumed."""
    rules = gate_rules(settings.quiet_hours, settings.timers.inbound_silence, settings.database.epoch)
    return Policy(rules, settings.pauses.drain_per_second, settings.pauses.preview)


def looking_up(settings: Settings, engine: Engine) -> LookUpFirst | None:
    """Return what looks a number up before a text goes to it; None unless it is switched on."""
    if not settings.lookup.enabled:
        return None
    return LookUpFirst(LineTypes(engine, settings.lookup), TwilioLookup(settings.twilio, settings.lookup))


def asked_of(client: Client) -> Callable[[], list[UUID] | None]:
    """Return what asks for the running workflows from a thread beside this loop."""
    loop = asyncio.get_running_loop()
    return lambda: asyncio.run_coroutine_threadsafe(open_runs(client), loop).result()


async def main(settings: Settings) -> None:
    """Run worker and reconciler until a signal asks to stop."""
    configure_logs(settings.observability.log_level, "worker")
    arm(settings.failpoints)
    observed = observe(settings.observability, Process.WORKER)
    engine = make_engine(settings.database, pool_size=settings.temporal.threads)
    leave_if_unsafe(engine, log)
    with transaction(engine) as session:
        note_agency(session, [settings.public_base_url], [settings.ses.from_address])
    client = await connect(settings, observed=observed)
    outside = providers(settings)
    budget = LookupBudget(settings.twilio.lookups_per_minute)
    reconciler = Reconciler(Reconciliation(engine, settings.timers), outside.lists, budget, observed.watch)
    backfiller = Backfiller(Backfills(engine, key_ring(settings), settings.timers), outside.history)
    recoveries = Recoveries(
        engine, settings.keys.callback.get_secret_value().encode(), key_ring(settings), settings.database.epoch
    )
    recovery = Recovery(recoveries, outside.history, "twilio", asked_of(client))
    auditor = Auditor(Audits(engine, key_ring(settings), settings.timers), outside.history, "twilio")
    pauses = PauseWatch(engine, resume_policy(settings), settings.pauses)
    handoffs = HandoffActivities(Handoffs(engine), outside.crm)
    reminder = approval_reminder(settings, engine, make_messaging(settings, engine, outside, observed.meter))
    google = settings.google_business
    reviews = ReviewReader(ReadReviews(engine, google.every, google.patience), outside.reviews)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with make_worker(client, settings, engine, outside, observed.meter):
        standing = [
            repeat("sweep", sweeping(reconciler, observed.meter), settings.timers.sweep, observed.meter),
            repeat("approvals", reminding(reminder, observed.meter), settings.timers.sweep, observed.meter),
            repeat("backfill", backfilling(backfiller, observed.meter), settings.timers.sweep, observed.meter),
            repeat("recovery", recovering(recovery), settings.timers.sweep, observed.meter),
            repeat(
                "watch of the pauses", watching_pauses(pauses, observed.meter), settings.timers.sweep, observed.meter
            ),
            repeat(
                "holds", letting_lapse(UnreviewedHolds(engine), observed.meter), settings.timers.sweep, observed.meter
            ),
            repeat(
                "handing over again",
                handing_over_again(handoffs, observed.meter),
                settings.timers.sweep,
                observed.meter,
            ),
            repeat("reviews", reading_reviews(reviews, observed.meter), settings.timers.sweep, observed.meter),
            repeat(
                "corrections",
                settling_corrections(Corrections(engine), observed.meter),
                settings.timers.sweep,
                observed.meter,
            ),
            repeat("audit", auditing(auditor, observed.meter), settings.timers.sweep, observed.meter),
        ]
        if observed.runtime:
            show_gauges = gauges(engine, observed.meter)
            standing.append(repeat("reading the gauges", show_gauges, settings.timers.sweep, observed.meter))
        beside = [asyncio.create_task(work) for work in standing]
        print('{"ready": true}', flush=True)  # noqa: T201  (whoever started this process waits for the line)
        await stopped.wait()
        for task in beside:
            task.cancel()
    engine.dispose()
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does


if __name__ == "__main__":
    asyncio.run(main(Settings()))
