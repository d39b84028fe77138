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
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.common import MetricMeter
from temporalio.worker import Worker

from activities import ports
from activities.auditing import Auditor
from activities.backfilling import Backfiller
from activities.crm_access import CrmAccess
from activities.drafting import DraftingActivities
from activities.enrolling import EnrollingActivities
from activities.error_boundary import ErrorBoundary
from activities.handing_over import HandoffActivities
from activities.lookup_budget import LookupBudget
from activities.measuring import MeasuredChannel, MeasuredResults
from activities.messaging import MessagingActivities
from activities.providers.hubspot import HubSpot
from activities.providers.openai_drafter import OpenAiDrafter
from activities.providers.salesforce import Salesforce
from activities.providers.ses_email import SesEmail
from activities.providers.standard_web_hook import StandardWebHook
from activities.providers.twilio_account_list import TwilioAccountList
from activities.providers.twilio_sms import TwilioSms, callback_url
from activities.publishing import PublishingActivities
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
    repeat,
    settling_corrections,
    sweeping,
    watching_pauses,
)
from activities.taking_back import TakingBackActivities
from activities.undoing import MessageUndoer, PauseUndoer, PostUndoer
from activities.undoing_crm import CrmUndoer
from activities.undoing_ports import Undoer
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
from models.database.permission.lapsing import UnreviewedHolds
from models.database.permission.pause_watch import PauseWatch
from models.database.permission.previews import Policy
from models.database.portal.of_workflows import PostsOfWorkflows
from models.database.recovery.audits import Audits
from models.database.recovery.recoveries import Recoveries
from models.database.run_control import RunControl
from models.database.safety import leave_if_unsafe
from models.database.sending.facts import Rules
from models.database.sending.ledger import PostgresLedger
from models.database.sending.rules_in_force import RulesInForce
from models.database.undo_standings import UndoStandings
from models.database.undos import Undos
from models.database.wording_marks import note_agency
from models.failpoints import arm
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.settings import Settings
from models.temporal_ui import workflow_url
from models.terms import Channel
from models.unsubscribing import unsubscribe_token
from workflows.guard import Guard
from workflows.open_runs import open_runs
from workflows.principals import VerifiedPrincipals
from workflows.registry import WORKFLOWS

log = logging.getLogger("worker")


@dataclass(frozen=True)
class Outside:
    """The providers of one process."""

    channels: Mapping[Channel, ports.Channel]
    lists: Mapping[str, ports.SentList]
    crm: ports.Crm | None
    history: AccountHistory | None = None
    drafter: ports.Drafter | None = None


def providers(settings: Settings) -> Outside:
    """Return the real providers, as far as they are set up."""
    twilio = TwilioSms(settings.twilio, callback_url(settings.public_base_url))
    return Outside(
        channels={Channel.SMS: twilio, Channel.EMAIL: SesEmail(settings.ses)},
        lists={"twilio": twilio},
        crm=crm(settings.crm),
        history=TwilioAccountList(settings.twilio) if settings.twilio.account_sid else None,
        drafter=OpenAiDrafter(settings.drafter) if settings.drafter.model else None,
    )


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
        UndoKind.PORTAL_POST: PostUndoer(PostsOfWorkflows(engine)),
        UndoKind.PAUSE: PauseUndoer(standings),
    }


def make_worker(
    client: Client, settings: Settings, engine: Engine, outside: Outside, meter: MetricMeter = MetricMeter.noop
) -> Worker:
    """Return the worker with everything it needs. Nothing is connected by this call."""
    ring = key_ring(settings)
    callback_key = settings.keys.callback.get_secret_value().encode()
    approval_key = settings.keys.approval.get_secret_value().encode()
    timers = settings.timers

    def unsubscribe_url(row: Mapping[Any, Any]) -> str | None:
        message: UUID = row["id"]
        if row["channel"] != Channel.EMAIL:
            return None
        return f"{settings.public_base_url}/u/{unsubscribe_token(callback_key, message)}"

    ledger = PostgresLedger(
        engine,
        timers,
        callback_key,
        ring,
        RulesInForce(settings.quiet_hours),
        unsubscribe_url,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        epoch=settings.database.epoch,
    )
    enrolling = EnrollingActivities(
        Enrollments(engine, ring, approval_key, timers.approval_code),
        settings.public_base_url,
        partial(workflow_url, settings.temporal.ui_url, settings.temporal.namespace),
        timers.start_to_close,
        timers.activity_retry,
    )
    channels = {name: MeasuredChannel(channel, name, meter) for name, channel in outside.channels.items()}
    messaging = MessagingActivities(ledger, channels)
    running = RunActivities(RunControl(engine, approval_key), VerifiedPrincipals(client, asyncio.get_running_loop()))
    drafting = DraftingActivities(Drafts(engine), outside.drafter, settings.drafter.tries)
    handing_over = HandoffActivities(Handoffs(engine, settings.crm.stages), outside.crm)
    taking_back = TakingBackActivities(Undos(engine), undoers(engine, outside))
    publishing = PublishingActivities(PostsOfWorkflows(engine))
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
            handing_over.hand_to_crm,
            taking_back.take_back,
            publishing.look_at_post,
            publishing.publish,
            publishing.withdraw,
            drafting.draft,
        ],
        interceptors=[Guard(), ErrorBoundary(), MeasuredResults(meter)],
        activity_executor=ThreadPoolExecutor(settings.temporal.threads, "activity"),
        max_concurrent_activities=settings.temporal.threads // 2,
        max_concurrent_local_activities=settings.temporal.threads // 2,
        graceful_shutdown_timeout=timers.request + timedelta(seconds=5),
    )


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
    rules = Rules(RulesInForce(settings.quiet_hours), settings.timers.inbound_silence, settings.database.epoch)
    policy = Policy(rules, settings.pauses.drain_per_second, settings.pauses.preview)
    pauses = PauseWatch(engine, policy, settings.pauses)
    handoffs = HandoffActivities(Handoffs(engine, settings.crm.stages), outside.crm)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with make_worker(client, settings, engine, outside, observed.meter):
        standing = [
            repeat("sweep", sweeping(reconciler, observed.meter), settings.timers.sweep, observed.meter),
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
