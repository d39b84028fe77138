"""A world whose database is replaced by an earlier copy of itself, as after a restore."""

import asyncio
import uuid
from contextlib import ExitStack
from copy import copy
from datetime import timedelta
from typing import Any

import psycopg
from pydantic import SecretStr
from sqlalchemy import Engine, make_url

from activities.providers.twilio_account_list import TwilioAccountList
from activities.providers.twilio_sms import TwilioSms
from activities.recovering import Recovery
from models.database.doubts.reconciliation import Reconciliation
from models.database.engine import make_engine, transaction
from models.database.recovery.inquiries import ask
from models.database.recovery.ledger_epoch import hold_if_replaced, release
from models.database.recovery.recoveries import Recoveries
from models.database.run_control import RunControl
from models.database.tables.recovery import Inquiry
from models.sending import Held, HoldReason, NotSent, NotSentReason
from models.settings import DatabaseSettings
from tests.database.outage import backfiller, twilio_settings
from tests.database.world import HERE, KEY, World
from tests.standins.program import Program

EPOCH = 1


class Backup:
    """Takes copies of a world's database as it is at that moment, to be used instead of it later."""

    def __init__(self, world: World, database_url: str, until: ExitStack) -> None:
        self._world = world
        self._url = make_url(database_url)
        self._until = until

    def take(self) -> Engine:
        """Copy the database; returns the way to the copy."""
        self._world.engine.dispose()
        name = f"comms_backup_{uuid.uuid4().hex[:8]}"
        with self._owner() as connection:
            # Nobody may be connected to what is copied.
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(query, (self._url.database,))
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._url.database}"'.encode())
        self._until.callback(self._drop, name)
        engine = make_engine(DatabaseSettings(url=SecretStr(self._url.set(database=name).render_as_string(False))))
        self._until.callback(engine.dispose)
        return engine

    def _drop(self, name: str) -> None:
        with self._owner() as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    def _owner(self) -> psycopg.Connection:
        owner = self._url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        return psycopg.connect(owner, autocommit=True)


def restored(world: World, engine: Engine) -> World:
    """The same world on another database: a ledger of the same rows, or fewer, that is not the one that was released."""
    again = copy(world)
    again.engine = engine
    again.ledger = again.another_ledger(engine)
    again.control = RunControl(engine, KEY)
    again.reconciliation = Reconciliation(engine, world.timers)
    return again


async def held_since(world: World, backup: Backup, twilio: Program, *sent: uuid.UUID) -> World:
    """Send these runs' first messages after a backup, and restore that; the ledger is held."""
    before = backup.take()
    for run in sent:
        await asyncio.to_thread(send, world, run, twilio.base_url)
    after = restored(world, before)
    hold(after)
    return after


def recovery(world: World, base_url: str | None, running: list[uuid.UUID] | None = None) -> Recovery:
    records = TwilioAccountList(twilio_settings(base_url)) if base_url else None
    return Recovery(Recoveries(world.engine, KEY, world.ring, EPOCH), records, "twilio", lambda: running)


def wanted(world: World, since: timedelta = timedelta(minutes=5)) -> Inquiry:
    """Ask for a reconciliation."""
    moment = world.one("SELECT clock_timestamp() - CAST(:since AS interval) AS at", since=since)["at"]
    with transaction(world.engine) as session:
        return ask(session, moment, "eve")


def reconciled(
    world: World, base_url: str | None, asked: Inquiry | None = None, running: list[uuid.UUID] | None = None
) -> dict[str, Any]:
    """Carry out what was asked for, or ask for it first, and return the report."""
    asked = asked or wanted(world)
    worker = recovery(world, base_url, running or [])
    assert not worker.sweep()  # what came in is not read yet
    world.rows("UPDATE inbound_gap SET ended_at = ended_at - interval '10 seconds' WHERE closed_at IS NULL")
    backfiller(world, base_url).sweep()
    assert worker.sweep()
    report: dict[str, Any] = world.one("SELECT report FROM inquiry WHERE id = :id", id=asked.id)["report"]
    return report


def send(world: World, run: uuid.UUID, base_url: str, step: str = "hello") -> str:
    """Send a message through Twilio as the worker does, and return Twilio's id of it."""
    claim = world.claimed(run, step)
    answer = TwilioSms(twilio_settings(base_url), "http://127.0.0.1:9/status").send(claim.envelope)
    world.ledger.record(claim, answer)
    assert answer.provider_id is not None
    return answer.provider_id


async def compared(world: World, twilio: Program, **more: Any) -> dict[str, Any]:
    """Let a reconciliation run, and return its report."""
    return await asyncio.to_thread(reconciled, world, twilio.base_url, **more)


def hold(world: World) -> bool:
    """Look whether the ledger is the one that was released, as every process does at its start."""
    return hold_if_replaced(world.engine, EPOCH, HERE)


def let_go(world: World) -> bool:
    """Release the ledger."""
    with transaction(world.engine) as session:
        return release(session, EPOCH, HERE)


def reason_of(world: World, run: uuid.UUID, step: str = "hello") -> HoldReason | NotSentReason | None:
    """Ask for a message to be sent; why it is not, if it is not."""
    claim = world.claim(run, step)
    return claim.reason if isinstance(claim, Held | NotSent) else None


def another_run(world: World, number: int) -> uuid.UUID:
    """A planned run of a lead with another number."""
    return world.run(lead=world.lead(phone=f"+1303555{number:04}"))
