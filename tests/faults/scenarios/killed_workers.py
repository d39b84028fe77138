"""`kill -9` of every worker at once, in the middle of a batch."""

import asyncio

from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

AFTERWARDS = 15.0
"""Seconds within which a new start must have settled everything."""


@scenario("F09", "kill -9 of both workers in the middle of a batch, and a new start.", "all settled within 15 s, at most once each",
          Kind.ROUGH)  # fmt: skip
async def both_workers_die_in_a_batch(trial: Trial) -> None:
    async with trial.alone():
        leads = trial.leads(40)
        for lead in leads[::4]:
            await trial.inject(lead, "slow", seconds=0.5)
        starting = asyncio.create_task(trial.start(*leads))
        await trial.settled(leads[1], states={"accepted"})
        killed = min([await trial.kill(worker) for worker in WORKERS])
        await starting
        await asyncio.gather(*(trial.begin(worker) for worker in WORKERS))
        messages = await trial.settled(*leads, within=AFTERWARDS)
        await trial.recovered("both workers", since=killed)
    for message in messages:
        trial.expect("acceptances", trial.acceptances(message), int(message.state == "accepted"))
