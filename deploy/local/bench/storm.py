"""`python -m deploy.local.bench.storm`: how status callbacks are answered, one by one and a thousand at once."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from deploy.local.bench.__main__ import CLIENT, LIBRARY
from deploy.local.bench.callbacks import STATUSES, Callback, Twilio, on_their_way, until_settled
from deploy.local.clean_state import forget
from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.progress import Terminal
from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack, StackOptions

STATE = REPOSITORY / ".local" / "storm"
CONNECTIONS = 200
IDLE = 100
"""Callbacks that are sent one after the other, to compare with."""
BETWEEN_REQUESTS = 0.02
"""Seconds between two requests to the API while the storm goes on."""


@dataclass(frozen=True)
class Answered:
    """How a series of requests was answered. Seconds."""

    took: Sequence[float]
    whole: float

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.took) / self.whole

    def at(self, share: float) -> float:
        """Return what this share of the answers did not exceed, in milliseconds."""
        return sorted(self.took)[min(len(self.took) - 1, int(share * len(self.took)))] * 1000


async def main(callbacks: int, seconds: float) -> None:
    """Measure and print the table."""
    console = Console()
    forget(STATE)
    progress = Terminal(console)
    settings = {"COMMS_QUIET_HOURS": "always_open"}
    async with LocalStack(STATE, StackOptions(settings=settings, progress=progress)) as stack:
        progress.done()
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with (
            Office(stack.urls, stack.site.credentials) as office,
            aiohttp.ClientSession(connector=connector) as http,
        ):
            await enter(stack, office, CLIENT, LIBRARY)
            twilio = Twilio(stack, http)
            run = await office.start(_order())
            database = stack.environment["COMMS_DATABASE__URL"].replace("+psycopg", "", 1)
            messages = await asyncio.to_thread(
                on_their_way, database, twilio.key, run, (callbacks + IDLE) // len(STATUSES)
            )
            made = [callback for message in messages for callback in twilio.callbacks(message)]
            calm = await _one_by_one(twilio.send, made[:IDLE])
            asked_before = await _probed(office, run, asyncio.sleep(seconds))
            began = time.monotonic()
            storm = made[IDLE:]
            storm.sort(key=lambda callback: callback.signature)  # in no order, as from many machines at once
            answered: list[Answered] = []

            async def rage() -> None:
                answered.append(await _at_once(twilio.send, storm, seconds))

            asked_during = await _probed(office, run, rage())
            await until_settled(database, len(messages))
            settled = time.monotonic() - began
    _show(console, calm, answered[0], asked_before, asked_during)
    console.print(f"every message was settled {settled:.1f} s after the storm began; none was lost")


async def _one_by_one(send: Callable[[Callback], Coroutine[Any, Any, float]], some: Sequence[Callback]) -> Answered:
    began = time.monotonic()
    return Answered([await send(callback) for callback in some], time.monotonic() - began)


async def _at_once(
    send: Callable[[Callback], Coroutine[Any, Any, float]], some: Sequence[Callback], seconds: float
) -> Answered:
    """Send evenly over some seconds, without waiting for answers."""
    began = time.monotonic()

    async def one(number: int, callback: Callback) -> float:
        await asyncio.sleep(number / len(some) * seconds)
        return await send(callback)

    took = await asyncio.gather(*(one(number, callback) for number, callback in enumerate(some)))
    return Answered(took, time.monotonic() - began)


async def _probed(office: Office, run: str, meanwhile: Coroutine[Any, Any, None]) -> Answered:
    """Ask the API for a run again and again while something goes on."""
    took = []
    began, task = time.monotonic(), asyncio.create_task(meanwhile)
    while not task.done():
        asked = time.monotonic()
        await office.run(run)
        took.append(time.monotonic() - asked)
        await asyncio.sleep(BETWEEN_REQUESTS)
    await task
    return Answered(took, time.monotonic() - began)


def _show(console: Console, calm: Answered, storm: Answered, before: Answered, during: Answered) -> None:
    table = Table(title=f"{len(storm.took)} callbacks in {storm.whole:.1f} s", title_justify="left")
    for heading in ("", "calm", "storm", "ratio"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("callbacks answered per second", f"{calm.per_second:.0f}", f"{storm.per_second:.0f}", "")
    for what, one, other in (("a callback's answer", calm, storm), ("an API request's answer", before, during)):
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            ratio = f"{other.at(share) / one.at(share):.1f}"
            table.add_row(f"{what}, {name}, ms", f"{one.at(share):.1f}", f"{other.at(share):.1f}", ratio)
    console.print(table)


def _order() -> dict[str, Any]:
    lead = {"source": "web_form", "source_lead_id": "storm", "first_name": "Storm", "phone": "+13035552000",
            "postal_code": "80202"}  # fmt: skip
    return {"client": CLIENT["key"], "sequence": "bench_web_lead", "lead": lead, "consent": []}


def command(
    callbacks: int = typer.Option(1000, help="Callbacks of the storm."),
    seconds: float = typer.Option(2.0, help="Over how many seconds they are sent."),
) -> None:
    """Measure how callbacks and API requests are answered, calm and in a storm of callbacks."""
    asyncio.run(main(callbacks, seconds))


if __name__ == "__main__":
    typer.run(command)
