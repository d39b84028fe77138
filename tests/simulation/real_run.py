"""The same month as a real run with skipped time: no clock of ours anywhere.

The worker is the service's own, on rows in a PostgreSQL whose operating system tells it another time (libfaketime); before each
activity that is set to the time of the Temporal server, which skips by itself for days on end.
"""

import asyncio
import platform
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import temporalio.client
import temporalio.worker
from sqlalchemy import Engine
from temporalio.api.testservice.v1 import UnlockTimeSkippingRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.composition.resuming import resume_policy
from deploy.simulation import history, looks, stocking
from deploy.simulation.happening import Happenings
from deploy.simulation.outside import SimulatedOutside
from deploy.simulation.settings import AsTheServiceIsSet, of_simulation
from deploy.simulation.throw_away import database, own_server
from deploy.simulation.time_server import address_of, time_server
from models.connection import connect, key_ring
from models.database.engine import make_engine, transaction
from models.database.migrate import upgrade
from models.database.outbox import Outbox
from models.database.permission.pause_watch import PauseWatch
from models.simulating.order import ChosenEvent, SimulationOrder
from starter.relay.announcing import Announcer
from tests.short_lived import directory
from worker import make_worker


class Happened(NamedTuple):
    """What a real run leaves behind."""

    engine: Engine
    run_id: Any
    waits: list[history.Wait]


def library_of_faked_time() -> Path | None:
    """It is built for Linux on x86-64 only."""
    package = find_spec("libfaketime")
    if package is None or package.origin is None or (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return None
    return Path(package.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"


class OperatingSystemsClock(temporalio.client.Interceptor, temporalio.worker.Interceptor):
    """What the operating system tells PostgreSQL; follows the Temporal server's time."""

    def __init__(self, file: Path, time: WorkflowEnvironment) -> None:
        self._file = file
        self._time = time

    async def follow(self) -> None:
        ahead = (await self._time.get_current_time()).astimezone(UTC) - datetime.now(UTC)
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{ahead.total_seconds():+.3f}\n")
        beside.chmod(0o644)
        beside.replace(self._file)

    def intercept_activity(
        self, next: temporalio.worker.ActivityInboundInterceptor
    ) -> temporalio.worker.ActivityInboundInterceptor:
        return _FollowsFirst(next, self)


class _FollowsFirst(temporalio.worker.ActivityInboundInterceptor):
    def __init__(self, next: temporalio.worker.ActivityInboundInterceptor, clock: OperatingSystemsClock) -> None:
        super().__init__(next)
        self._clock = clock

    async def execute_activity(self, input: temporalio.worker.ExecuteActivityInput) -> Any:
        await self._clock.follow()
        return await super().execute_activity(input)


async def happen(order: SimulationOrder, start: datetime, library: Path, until_the_end: ExitStack) -> Happened:
    """Let the order happen. The rows stay until `until_the_end` is closed."""
    place = until_the_end.enter_context(directory())
    place.chmod(0o755)
    told = place / "time"
    told.write_text("+0\n")
    # Not in the environment of what starts it: that runs as another account, which then could not share the clock.
    faked = f"LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={told} FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1".split()
    through = (str(shutil.which("env")), *faked)
    address = until_the_end.enter_context(database(until_the_end.enter_context(own_server(through))))
    upgrade(address)
    async with time_server() as time:
        clock = OperatingSystemsClock(told, time)
        settings = of_simulation(AsTheServiceIsSet(), address, address_of(time))
        engine = make_engine(settings.database, pool_size=8)
        until_the_end.callback(engine.dispose)
        looks.keep(engine)
        client = await connect(settings)
        as_made: Any = client.config()
        client = Client(**as_made | {"interceptors": [clock]})
        announcer = Announcer(Outbox(engine), client, settings.temporal.task_queue)
        await time.sleep(start - (await time.get_current_time()).astimezone(UTC))
        await clock.follow()
        with transaction(engine) as session:
            stocking.fill(None, session, order, settings.public_base_url)
        await clock.follow()
        with transaction(engine) as session:
            run_id, _ = stocking.request(None, session, order, start)
        outside = SimulatedOutside()
        happenings = Happenings(engine, key_ring(settings), outside, run_id)
        watch = PauseWatch(engine, resume_policy(settings), settings.pauses)

        async def news() -> None:
            await clock.follow()
            watch.sweep()
            while await announcer.deliver_due():
                pass

        async with make_worker(client, settings, engine, outside.outside):
            await news()
            await _at_their_times(order.events, start, time, happenings, news)
            handle = client.get_workflow_handle(f"outreach/{run_id}")
            await time.client.test_service.unlock_time_skipping(UnlockTimeSkippingRequest())
            await handle.result()
            waits = (await history.look(client, handle)).waits
        return Happened(engine, run_id, waits)


async def _at_their_times(
    events: Sequence[ChosenEvent], start: datetime, time: WorkflowEnvironment, happenings: Happenings, news: Any
) -> None:
    for event in events:
        left = event.moment(start) - (await time.get_current_time()).astimezone(UTC)
        await time.sleep(left)
        await news()
        assert happenings.let(event) is None
        await news()
        if event.lasts is not None:
            await time.sleep(event.lasts)
            await news()
            for _ in range(20):  # what the pause has held leaves in its turn, which is moments later
                await asyncio.sleep(0.05)
                await news()
