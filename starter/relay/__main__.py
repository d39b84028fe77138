"""`python -m starter.relay`: tells Temporal of news and takes in SES events, until it gets SIGTERM or SIGINT."""

import asyncio
import logging
import signal
from pathlib import Path

from models.connection import connect, key_ring
from models.database.engine import make_engine, refuse_unsafe
from models.database.outbox import Outbox
from models.logs import configure_logs
from models.observability.switch import Process, observe
from models.settings import Settings
from starter.relay.announcing import Announcer, announce_for_ever, listen
from starter.relay.ses_events import SesEvents
from starter.relay.sns_envelope import SnsEnvelopes

log = logging.getLogger("relay")


async def consume(ses_events: SesEvents) -> None:
    """Take in SES events for ever. A failure leaves them in the queue."""
    while True:
        try:
            await asyncio.to_thread(ses_events.receive)
        except Exception:
            log.exception("receiving SES events failed")
            await asyncio.sleep(2)


async def main(settings: Settings) -> None:
    """Run until a signal asks to stop."""
    configure_logs(settings.observability.log_level, "relay")
    observed = observe(settings.observability, Process.RELAY)
    engine = make_engine(settings.database)
    refuse_unsafe(engine)
    client = await connect(settings, observed=observed, lazy=True)
    announcer = Announcer(Outbox(engine), client, settings.temporal.task_queue, observed)
    awake, stopped = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    url = settings.database.url.get_secret_value().replace("+psycopg", "", 1)
    tasks = [
        asyncio.create_task(listen(url, awake, settings.timers.relay_poll.total_seconds())),
        asyncio.create_task(announce_for_ever(announcer, awake)),
    ]
    if settings.ses.events_queue_url:
        certificate = Path(settings.ses.signing_certificate) if settings.ses.signing_certificate else None
        envelopes = SnsEnvelopes(settings.ses.topic_arns, certificate)
        tasks.append(asyncio.create_task(consume(SesEvents(settings.ses, engine, key_ring(settings), envelopes))))
    print('{"ready": true}', flush=True)  # noqa: T201  (whoever started this process waits for the line)
    await stopped.wait()
    for task in tasks:
        task.cancel()
    await asyncio.sleep(0.1)  # lets the Temporal client's threads end before the interpreter does


if __name__ == "__main__":
    asyncio.run(main(Settings()))
