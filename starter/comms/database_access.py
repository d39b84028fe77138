"""The database as this command line reaches it: only its own settings, and the timers, are needed, no provider's and no key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings
from sqlalchemy import Engine
from sqlmodel import Session

from models.database.engine import make_engine, snapshot, transaction
from models.database.sending.facts import Rules
from models.database.sending.gate_rules import gate_rules
from models.patience_settings import TimerSettings
from models.settings import DatabaseSettings, Settings


class DatabaseOnly(BaseSettings):
    """`COMMS_DATABASE__…`. Raises ValidationError if the address is missing."""

    model_config = Settings.model_config

    database: DatabaseSettings


class TimersOnly(BaseSettings):
    """`COMMS_TIMERS__…`."""

    model_config = Settings.model_config

    timers: TimerSettings = Field(default_factory=TimerSettings)


class AsTheGateIsSet(DatabaseOnly, TimersOnly):
    """The database, and what the gate is set to: the same settings as the worker's, or their defaults."""

    quiet_hours: Literal["enforced", "always_open"] = "enforced"

    @property
    def gate_rules(self) -> Rules:
        """The rules of the gate."""
        return gate_rules(self.quiet_hours, self.timers.inbound_silence, self.database.epoch)


def database_url() -> str:
    """Return the address of the database from the environment."""
    return DatabaseOnly().database.url.get_secret_value()


def timers() -> TimerSettings:
    """Return the timers that the service runs with, if the environment is the service's."""
    return TimersOnly().timers


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine with one connection, closed afterwards."""
    made = make_engine(DatabaseOnly().database, pool_size=1)
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def session() -> Iterator[Session]:
    """One transaction; commits at the end of the block."""
    with engine() as made, transaction(made) as opened:
        yield opened


@contextmanager
def reading() -> Iterator[Session]:
    """The rows at one moment, for reading only."""
    with engine() as made, snapshot(made) as opened:
        yield opened
