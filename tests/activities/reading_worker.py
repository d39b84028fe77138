"""A worker whose one source never answers: `python -m tests.activities.reading_worker ADDRESS QUEUE`, to be killed."""

import asyncio
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from activities.heartbeats import Heartbeats
    from activities.reading_sources import SourceActivities
    from models.digests.figures import Period
    from models.digests.freshness import Readiness, SourceState
    from models.digests.reading import DigestToRead, Wanted
    from models.digests.sources import AskedPeriod, Reading, SourceName, Trouble
    from models.digests.travelling import GateReading, ReadOrder
    from workflows.options import SOURCES

WEEK = Period(first=date(2026, 5, 4), last=date(2026, 5, 10))
SOON = timedelta(seconds=2)
"""After how long the server takes a silent worker for dead here; in production it is some more."""


@workflow.defn
class Reads:
    """Nothing but the one step."""

    @workflow.run
    async def run(self, order: ReadOrder) -> GateReading:
        options = SOURCES.copy()
        options["heartbeat_timeout"] = SOON
        return await workflow.execute_activity_method(SourceActivities.read_sources, order, **options)


class OneSource:
    """Rows of a digest with one source of its own, which is complete."""

    def to_read(self, run_id: UUID) -> DigestToRead:
        wanted = (Wanted(source=SourceName.OWN, is_required=True),)
        return DigestToRead(client_id=run_id, period=WEEK, zone="UTC", earlier=(), wanted=wanted)

    def keep_token(self, connection_id: UUID, refresh_token: str) -> None: ...

    def keep(self, run_id: UUID, wanted: Wanted, readings: Mapping[Period, Reading], at: datetime) -> SourceState:
        return SourceState(source=wanted.place, is_required=True, complete_through=WEEK.last)

    def failed(self, run_id: UUID, wanted: Wanted, trouble: Trouble, problem: str, at: datetime) -> SourceState:
        raise AssertionError(problem)

    def gated(self, run_id: UUID, found: Readiness) -> None: ...


class TakesItsTime:
    """A source that answers after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def read(self, client_id: UUID, asked: AskedPeriod) -> Reading:
        sys.stdout.write("reading\n")
        sys.stdout.flush()
        time.sleep(self._seconds)
        return Reading(figures=(), complete_through=WEEK.last, synced_at=datetime.now(UTC))


def reader(client: Client, queue: str, seconds: float) -> Worker:
    activities = SourceActivities(OneSource(), {}, TakesItsTime(seconds))
    return Worker(
        client, task_queue=queue, workflows=[Reads], activities=[activities.read_sources],
        activity_executor=ThreadPoolExecutor(2), max_concurrent_activities=2, interceptors=[Heartbeats()],
    )  # fmt: skip


async def main(address: str, queue: str) -> None:
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    await reader(client, queue, 3600).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
