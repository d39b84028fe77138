"""One simulation from its order to its timetable: the service's own worker on parts that are gone afterwards."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from alembic import command
from sqlalchemy import Engine
from sqlmodel import Session

from activities.composition.resuming import resume_policy
from deploy.simulation import clock, looks, reading, recorded, stocking
from deploy.simulation.driving import Drive
from deploy.simulation.happening import Happenings
from deploy.simulation.outside import SimulatedOutside
from deploy.simulation.settings import AsTheServiceIsSet, of_simulation
from deploy.simulation.stocking import CannotSimulate
from deploy.simulation.throw_away import database, libpq
from deploy.simulation.time_server import address_of, time_server
from models.connection import connect, key_ring
from models.database.engine import make_engine, snapshot, transaction
from models.database.intake import client_by_key
from models.database.migrate import alembic_config, upgrade
from models.database.outbox import Outbox
from models.database.permission.lapsing import UnreviewedHolds
from models.database.permission.pause_watch import PauseWatch
from models.database.tables.people import Client, Lead
from models.identity import workflow_id
from models.settings import Settings
from models.simulating.order import ChosenEvent, SimulationOrder
from models.simulating.timetable import Timetable
from models.terms import RunKind
from starter.relay.announcing import Announcer
from worker import make_worker

JUST_NOW = timedelta(minutes=2)
"""What was now when it was written is now: parts take seconds to start, and a form tells minutes."""


async def simulate(order: SimulationOrder, service: AsTheServiceIsSet) -> Timetable:
    """Run a sequence on time that is skipped. Sends nothing; reads the service's database and writes to its own.

    Raises:
        PartsMissing: what it runs on is not installed here.
        CannotSimulate: the order names what is not there, or begins before now.
        CommsError: a text, an address or a rule is not usable.
    """
    server = service.simulation.database_url.get_secret_value() or None
    with database(server) as address, _reading(order, service) as source:
        start = _start(order, source)
        if source is not None and order.as_happened_to is not None:
            happened = recorded.events_of(source, order.as_happened_to)
            order = order.model_copy(update={"events": (*order.events, *happened)})
        async with time_server() as time:
            now = (await time.get_current_time()).astimezone(UTC)
            if start < now - JUST_NOW:
                raise CannotSimulate("a simulation looks ahead: let it start now or later")
            start = max(start, now)
            settings = of_simulation(service, address, address_of(time))
            engine = await asyncio.to_thread(_made, settings, source is None)
            try:
                return await _driven(time, engine, settings, order, source, start)
            finally:
                engine.dispose()


async def _driven(
    time: Any, engine: Engine, settings: Settings, order: SimulationOrder, source: Session | None, start: datetime
) -> Timetable:
    client, outside = await connect(settings), SimulatedOutside()
    announcer = Announcer(Outbox(engine), client, settings.temporal.task_queue)
    duties = (UnreviewedHolds(engine).lapse, PauseWatch(engine, resume_policy(settings), settings.pauses).sweep)
    drive = Drive(time, client, engine, announcer, duties)
    await asyncio.to_thread(_fill, engine, settings, order, source)
    await drive.start_at(start)
    run_id, assumed = await asyncio.to_thread(_request, engine, order, source, start)
    happenings = Happenings(engine, key_ring(settings), outside, run_id)

    def let(event: ChosenEvent) -> None:
        if why_not := happenings.let(event):
            assumed.append(f"{event.in_words.capitalize()} had no effect: {why_not}.")

    handle = client.get_workflow_handle(workflow_id(RunKind.OUTREACH, run_id))
    end = start + order.lasts
    async with make_worker(client, settings, engine, outside.outside):
        later = await drive.run(handle, order.events, let, start, end)
    if later:
        assumed.append(f"Left out, because it comes after the end: {', '.join(event.in_words for event in later)}.")
    with transaction(engine) as session:
        return reading.timetable(session, run_id, order, start, end, drive.waits.values(), assumed)


def _made(settings: Settings, shipped_rules: bool) -> Engine:
    """Make the tables on the simulation's clock. Rules of the service's database are copied later."""
    url = settings.database.url.get_secret_value()
    clock.install(libpq(url))
    if shipped_rules:
        upgrade(url)
    else:
        command.upgrade(alembic_config(url), "head")
    engine = make_engine(settings.database, pool_size=settings.temporal.threads)
    looks.keep(engine)
    return engine


def _fill(engine: Engine, settings: Settings, order: SimulationOrder, source: Session | None) -> None:
    with transaction(engine) as session:
        stocking.fill(source, session, order, settings.public_base_url)


def _request(engine: Engine, order: SimulationOrder, source: Session | None, start: datetime) -> tuple[UUID, list[str]]:
    with transaction(engine) as session:
        return stocking.request(source, session, order, start)


@contextmanager
def _reading(order: SimulationOrder, service: AsTheServiceIsSet) -> Iterator[Session | None]:
    """The service's database as it is now; PostgreSQL refuses whatever would write to it."""
    if order.library is not None:
        yield None
        return
    if service.database is None:
        raise CannotSimulate("COMMS_DATABASE__URL is not set; name the service's database, or a library")
    engine = make_engine(service.database, pool_size=1)
    try:
        with snapshot(engine) as session:
            yield session
    finally:
        engine.dispose()


def _start(order: SimulationOrder, source: Session | None) -> datetime:
    """Return the start in UTC; a moment without an offset is told in the client's zone."""
    if order.start.utcoffset() is not None:
        return order.start.astimezone(UTC)
    return order.start.replace(tzinfo=ZoneInfo(_client_zone(order, source))).astimezone(UTC)


def _client_zone(order: SimulationOrder, source: Session | None) -> str:
    if source is None:
        return order.client_zone
    lead = source.get(Lead, order.lead_id) if order.lead_id else None
    found = source.get(Client, lead.client_id) if lead else client_by_key(source, order.client or "")
    if found is None:
        raise CannotSimulate("there is no such client or lead; see `comms client list` and `comms leads`")
    return found.time_zone
