"""How messages leave: the ledger with its gate, before the only way to the providers."""

import os
import socket
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from temporalio.common import MetricMeter

from activities.composition.outside import Outside
from activities.line_types import LookUpFirst
from activities.measuring import MeasuredChannel
from activities.messaging import MessagingActivities
from models.connection import key_ring
from models.database.line_types import LineTypes
from models.database.sending.gate_rules import gate_rules
from models.database.sending.ledger import PostgresLedger
from models.settings import Settings
from models.terms import Channel
from models.unsubscribing import unsubscribe_token


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
    return MessagingActivities(ledger, channels, looking_up(settings, engine, outside))


def looking_up(settings: Settings, engine: Engine, outside: Outside) -> LookUpFirst | None:
    """Return what looks a number up before a text goes to it; None unless it is switched on."""
    return LookUpFirst(LineTypes(engine, settings.lookup), outside.lines) if outside.lines is not None else None
