"""`python -m starter.relay`: tells Temporal of news and lets what came in take effect, until it gets SIGTERM or SIGINT."""

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy.exc import SQLAlchemyError

from models.connection import connect, key_ring
from models.database import outbox
from models.database.engine import make_engine
from models.database.events import Origin
from models.database.inbound import arrivals
from models.database.inbound.consuming import WaitingReports
from models.database.outbox import Outbox
from models.database.recovery.ledger_epoch import tell_if_replaced
from models.database.reports.scheduling import Schedules
from models.database.safety import leave_if_unsafe
from models.failpoints import arm
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.settings import Settings
from starter.relay.announcing import Announcer, announce_for_ever
from starter.relay.consuming import Consumer, consume_for_ever, sweep_waiting_for_ever
from starter.relay.listening import listen
from starter.relay.scheduling import Scheduler, schedule_for_ever
from starter.relay.ses_events import SesEvents
from starter.relay.sns_envelope import SnsEnvelopes

log = logging.getLogger("relay")


async def receive_for_ever(ses_events: SesEvents) -> None:
    """Take in SES events. An unreachable queue or database is waited for; any other error is raised."""
    while True:
        try:
            await asyncio.to_thread(ses_events.receive)
        except (BotoCoreError, ClientError, SQLAlchemyError) as error:
            log.warning("no SES events can be taken in", extra={"error": type(error).__name__})
            await asyncio.sleep(2)


async def main(settings: Settings) -> None:
    """Run until a signal asks to stop."""
    configure_logs(settings.observability.log_level, "relay")
    arm(settings.failpoints)
    observed = observe(settings.observability, Process.RELAY)
    engine = make_engine(settings.database)
    leave_if_unsafe(engine, log)
    tell_if_replaced(engine, settings.database.epoch, Origin("relay"), log)
    client = await connect(settings, observed=observed, lazy=True)
    announcer = Announcer(Outbox(engine, settings.timers.relay_lease), client, settings.temporal.task_queue, observed)
    ring = key_ring(settings)
    waiting = WaitingReports(engine, ring)
    awake, stopped = {channel: asyncio.Event() for channel in (outbox.CHANNEL, arrivals.CHANNEL)}, asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    url = settings.database.url.get_secret_value().replace("+psycopg", "", 1)
    duties = [
        listen(url, awake, settings.timers.relay_poll.total_seconds()),
        announce_for_ever(announcer, awake[outbox.CHANNEL]),
        consume_for_ever(Consumer(waiting), awake[arrivals.CHANNEL]),
        sweep_waiting_for_ever(engine, waiting, settings.timers.sweep.total_seconds()),
        schedule_for_ever(
            Scheduler(Schedules(engine), client, settings.temporal.task_queue), settings.timers.sweep.total_seconds()
        ),
    ]
    if settings.ses.events_queue_url:
        certificate = Path(settings.ses.signing_certificate) if settings.ses.signing_certificate else None
        callback_key = settings.keys.callback.get_secret_value().encode()
        envelopes = SnsEnvelopes(settings.ses.topic_arns, certificate)
        duties.append(receive_for_ever(SesEvents(settings.ses, engine, ring, envelopes, callback_key)))
    print('{"ready": true}', flush=True)  # noqa: T201  (whoever started this process waits for the line)
    try:
        await until(stopped, *duties)
    except ExceptionGroup as failed:
        for error in failed.exceptions:
            log.error("the relay ends by an error nobody foresaw", exc_info=error)
        sys.exit(1)
    finally:
        await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does


async def until(stopped: asyncio.Event, *duties: Coroutine[Any, Any, None]) -> None:
    """Do duties that have no end until `stopped` is set. Raises what one of them raises; none goes on without it."""
    async with asyncio.TaskGroup() as group:
        doing = [group.create_task(duty) for duty in duties]
        await stopped.wait()
        for task in doing:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(Settings()))
