"""Schedules on a real server: they follow the reports, fire in the client's zone, and ask for each period once."""

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from temporalio.client import Client, ScheduleBackfill, ScheduleOverlapPolicy
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.opening_periods import PeriodActivities
from models.connection import connect
from models.database.engine import transaction
from models.database.events import Origin
from models.database.reports import settings as reports
from models.database.reports.period_rows import PeriodRows
from models.database.reports.scheduling import Schedules
from models.database.tables.people import Client as Business
from starter.relay.scheduling import Scheduler
from tests.workflows.conftest import RECORD_INTO
from tests.workflows.world import settings_for
from workflows.period_close import PeriodClose

TERMS = {
    "required_sources": ["own"], "optional_sources": [], "owner": "sales-ops", "escalation_owner": "incident-owner",
    "approver": "approver", "privacy_reviewer": "privacy-reviewer", "active": True,
}  # fmt: skip


class Desk:
    """One weekly report, and a relay that aligns its schedule."""

    def __init__(self, engine: Engine, client: Client, task_queue: str) -> None:
        self.engine, self.client, self.queue = engine, client, task_queue
        self.scheduler = Scheduler(Schedules(engine), client, task_queue)
        with transaction(engine) as session:
            business = Business(key="acme", name="Acme", time_zone="America/Denver")
            session.add(business)
            session.flush()
            self.business = business.id
        self.report = self.put()

    def put(self, cadence: str = "weekly", **changes: Any) -> UUID:
        with transaction(self.engine) as session:
            project = reports.put_project(session, session.get_one(Business, self.business), "seo", "Search")
            return reports.put(session, project, cadence, TERMS | changes, Origin("api", "sam")).id

    async def next_times(self) -> list[datetime]:
        found = await self.client.get_schedule_handle(f"report/{self.report}").describe()
        return list(found.info.next_action_times)

    def execute(self, statement: str, **where: Any) -> None:
        with transaction(self.engine) as session:
            session.execute(text(statement), where)

    def starts(self) -> list[str]:
        with transaction(self.engine) as session:
            rows = session.execute(text("SELECT starts FROM report_period ORDER BY starts")).scalars()
            return [day.isoformat() for day in rows]

    async def keep_newest(self, directory: Path, name: str) -> None:
        """Keep the history of the newest run that a schedule has started, if one has."""
        async for run in self.client.list_workflows(f"TaskQueue = '{self.queue}' AND ExecutionStatus = 'Completed'"):
            handle = self.client.get_workflow_handle(run.id, run_id=run.run_id)
            (directory / f"period_close.{name}.json").write_text((await handle.fetch_history()).to_json())
            return


@pytest.fixture
async def desk(
    engine: Engine, database_url: str, temporal_server: str, request: pytest.FixtureRequest
) -> AsyncIterator[Desk]:
    settings = settings_for(database_url, temporal_server, f"test-{uuid4().hex[:8]}")
    client = await connect(settings)
    queue = settings.temporal.task_queue
    activities = PeriodActivities(PeriodRows(engine))
    with ThreadPoolExecutor(2) as threads:
        worker = Worker(
            client,
            task_queue=queue,
            workflows=[PeriodClose],
            activities=[activities.open_period],
            activity_executor=threads,
        )
        async with worker:
            made = Desk(engine, client, queue)
            yield made
            if directory := os.environ.get(RECORD_INTO):
                await made.keep_newest(Path(directory), request.node.name.removeprefix("test_"))
            made.put(active=False)
            await made.scheduler.align()


async def test_a_schedule_fires_at_six_on_mondays_where_the_client_is(desk: Desk) -> None:
    assert await desk.scheduler.align() == 1
    assert await desk.scheduler.align() == 0
    local = [at.astimezone(ZoneInfo("America/Denver")) for at in await desk.next_times()]
    assert {(at.isoweekday(), at.hour, at.minute) for at in local} == {(1, 6, 0)}


async def test_it_follows_the_settings_and_the_zone_and_goes_with_the_report(desk: Desk) -> None:
    await desk.scheduler.align()
    desk.execute("UPDATE client SET time_zone = 'Pacific/Honolulu'")
    assert await desk.scheduler.align() == 1
    local = [at.astimezone(ZoneInfo("Pacific/Honolulu")) for at in await desk.next_times()]
    assert {(at.isoweekday(), at.hour) for at in local} == {(1, 6)}

    desk.put(active=False)
    assert await desk.scheduler.align() == 1
    with pytest.raises(RPCError, match="not found"):
        await desk.next_times()
    desk.put(active=True)
    await desk.scheduler.align()
    assert await desk.next_times()


async def test_a_monthly_report_closes_on_the_first(desk: Desk) -> None:
    desk.put(active=False)
    desk.report = desk.put("monthly")
    await desk.scheduler.align()
    local = [at.astimezone(ZoneInfo("America/Denver")) for at in await desk.next_times()]
    assert {(at.day, at.hour) for at in local} == {(1, 6)}
    desk.execute("UPDATE report SET active = false")
    await desk.scheduler.align()


async def test_two_relays_and_a_lost_note_make_one_schedule(desk: Desk) -> None:
    await asyncio.gather(desk.scheduler.align(), desk.scheduler.align())
    desk.execute("UPDATE report SET scheduled_as = ''")
    assert await desk.scheduler.align() == 1
    assert await desk.next_times()


async def test_what_an_outage_missed_is_caught_up_period_by_period_and_asked_for_once(desk: Desk) -> None:
    await desk.scheduler.align()
    handle = desk.client.get_schedule_handle(f"report/{desk.report}")
    end = datetime(2026, 10, 27, tzinfo=UTC)
    missed = ScheduleBackfill(start_at=end - timedelta(days=21), end_at=end, overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    await handle.backfill(missed)
    await handle.backfill(missed)

    for _ in range(200):
        if desk.starts() == ["2026-10-05", "2026-10-12", "2026-10-19"]:
            break
        await asyncio.sleep(0.05)
    assert desk.starts() == ["2026-10-05", "2026-10-12", "2026-10-19"]
    with transaction(desk.engine) as session:
        assert session.execute(text("SELECT count(*) FROM run WHERE kind = 'report_digest'")).scalar_one() == 3
