"""Everything at once: a stream of leads, providers that fail at random, and parts that are killed, frozen and cut off."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead

SECONDS = 30.0
BETWEEN_LEADS = 0.12
BETWEEN_BLOWS = (1.0, 3.0)
SPOILED = 0.4
"""The share of leads whose provider fails."""
MAILED = 0.15
"""The share of leads who get an email."""
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accept_then_hang", {"seconds": 2}),
    ("accept_then_reset", {}),
    ("half_answer", {}),
    ("garbage", {}),
    ("error_after", {}),
    ("error_before", {}),
    ("reset_before", {}),
    ("rate_limit", {"retry_after": 1}),
    ("redirect", {}),
    ("slow", {"seconds": 0.6}),
    ("slow", {"seconds": 1.3}),
    ("callbacks_dropped", {}),
    ("callbacks_doubled", {}),
    ("callbacks_reordered", {}),
    ("callbacks_delayed", {"seconds": 2}),
)
KILLED = ("worker", "worker-2", "relay", "api", "temporal", "postgres")


@scenario(
    "soak",
    f"Everything at once, at random, for {SECONDS:.0f} s.",
    "every message settled, none twice",
    Kind.LAST,
    within=240.0,
)
async def everything_at_once(trial: Trial) -> None:
    streams = [Random(trial.random.random()) for _ in range(2)]  # noqa: S311
    over = time.monotonic() + SECONDS
    async with trial.alone(), asyncio.TaskGroup() as group:
        writing = group.create_task(_write(trial, streams[0], over))
        group.create_task(_strike(trial, streams[1], over))
    await trial.settled(*writing.result(), within=90)


async def _write(trial: Trial, chance: Random, over: float) -> list[Lead]:
    """Have one lead after the other written to, some by a provider that fails."""
    leads: list[Lead] = []
    async with asyncio.TaskGroup() as starting:
        while time.monotonic() < over:
            (lead,) = trial.leads(1, "faults_mail" if chance.random() < MAILED else "faults_text")
            if chance.random() < SPOILED:
                fault, params = chance.choice(FAULTS)
                await trial.inject(lead, fault, **params)
            starting.create_task(trial.start(lead))
            leads.append(lead)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * BETWEEN_LEADS)
    return leads


async def _strike(trial: Trial, chance: Random, over: float) -> None:
    """Hurt one part after the other, and let each recover."""
    blows: tuple[Callable[[Trial, Random], Awaitable[None]], ...] = (_kill, _kill, _freeze, _cut, _part, _refuse)
    while time.monotonic() < over:
        await asyncio.sleep(chance.uniform(*BETWEEN_BLOWS))
        await chance.choice(blows)(trial, chance)


async def _kill(trial: Trial, chance: Random) -> None:
    part = chance.choice(KILLED)
    await trial.kill(part)
    await asyncio.sleep(chance.uniform(0, 2))
    await trial.begin(part)


async def _freeze(trial: Trial, chance: Random) -> None:
    part = chance.choice((*WORKERS, "relay", "postgres"))
    trial.freeze(part)
    await asyncio.sleep(chance.uniform(0.5, 4))
    trial.thaw(part)


async def _cut(trial: Trial, chance: Random) -> None:
    name = chance.choice(sorted(trial.rig.proxies))
    trial.proxy(name).cut()
    trial.injected(f"cut {name}")


async def _part(trial: Trial, chance: Random) -> None:
    name = chance.choice(sorted(trial.rig.proxies))
    trial.proxy(name).blackhole()
    trial.injected(f"partition {name}")
    await asyncio.sleep(chance.uniform(0.5, 3))
    trial.proxy(name).mend()


async def _refuse(trial: Trial, chance: Random) -> None:
    name = f"{chance.choice(WORKERS)}/{chance.choice(('twilio', 'ses', 'postgres'))}"
    trial.proxy(name).refuse()
    trial.injected(f"refuse {name}")
    await asyncio.sleep(chance.uniform(0.5, 2))
    trial.proxy(name).mend()
