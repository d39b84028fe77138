"""Audits of a world against the list of a stand-in of Twilio."""

import asyncio
from datetime import timedelta
from uuid import UUID

from activities.auditing import Auditor
from activities.providers.twilio_account_list import TwilioAccountList
from activities.providers.twilio_sms import TwilioSms
from models.audit import AuditReport
from models.database.engine import transaction
from models.database.recovery import inquiries
from models.database.recovery.audits import Audits
from models.database.recovery.inquiries import AUDIT
from models.patience_settings import TimerSettings
from tests.database.outage import twilio_settings
from tests.database.world import PHONE, World
from tests.standins.program import Program
from tests.standins.twilio_client import client, send

AT_ONCE = TimerSettings().model_copy(update={"lease": timedelta(0), "backfill": timedelta(0)})
"""Whatever is listed is old enough to be judged."""


def auditor(
    world: World, twilio: Program | None, timers: TimerSettings = AT_ONCE, clock: list[float] | None = None
) -> Auditor:
    history = TwilioAccountList(twilio_settings(twilio.base_url)) if twilio else None
    moment = clock or [0.0]
    return Auditor(Audits(world.engine, world.ring, timers), history, "twilio", lambda: moment[0])


def wanted(world: World, since: timedelta = timedelta(hours=1)) -> UUID:
    moment = world.one("SELECT clock_timestamp() - CAST(:since AS interval) AS at", since=since)["at"]
    with transaction(world.engine) as session:
        return inquiries.ask(session, moment, "eve", AUDIT).id


async def audited(
    world: World, twilio: Program | None, timers: TimerSettings = AT_ONCE, **since: timedelta
) -> AuditReport:
    wanted(world, **since)
    report = await asyncio.to_thread(auditor(world, twilio, timers).sweep)
    assert report is not None
    return report


def violated(report: AuditReport) -> dict[str, tuple[str, ...]]:
    return {finding.invariant: finding.examples for finding in report.findings if finding.bad}


async def sends(world: World, twilio: Program, run: UUID, fault: str | None = None, **changes: str) -> None:
    """Send as the activity does; the fault loses the answer, changes are made on the way."""
    if fault:
        await twilio.spoil(fault, operation="create_message", times=1)
    claim = world.claimed(run)
    sms = TwilioSms(twilio_settings(twilio.base_url), "http://127.0.0.1:9/status")
    answer = await asyncio.to_thread(sms.send, claim.envelope.model_copy(update=changes))
    world.ledger.record(claim, answer)


async def past_the_ledger(twilio: Program, body: str = "Buy now") -> str:
    sid: str = (await send(client(twilio.base_url), PHONE, body)).sid
    return sid
