"""Somebody stops parts in all order, for longer than any timer runs, and asks `comms explain` meanwhile."""

import asyncio

from tests.faults.command_line import comms
from tests.faults.ledger import Standing
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead

BEYOND_EVERY_TIMER = 5.0
"""Seconds; an answer is somebody's task, and an activity somebody else's, before that."""
BEYOND_THE_SILENCE = 7.5
"""Seconds after which a STOP may have been missed, because the web hooks were away."""
_STARTED = "SELECT started_at IS NOT NULL FROM run WHERE id::text = %s"


@scenario("H1", "Temporal and both workers are stopped, for longer than any timer runs.",
          "requests are taken in; `comms explain` says what they wait for; all leave after the start, once",
          Kind.ROUGH, within=120)  # fmt: skip
async def temporal_and_workers_are_stopped(trial: Trial) -> None:
    async with trial.alone():
        await _stop(trial, *WORKERS)
        early, late = trial.leads(3), trial.leads(3)
        (told, *_) = await trial.start(*early)
        await trial.until("Temporal is told of the first", _STARTED, told)
        await _stop(trial, "temporal")
        (untold, *_) = await trial.start(*late)
        await asyncio.sleep(BEYOND_EVERY_TIMER)
        await _expect_explained(trial, told, "A worker takes the run up and plans its messages")
        await _expect_explained(trial, untold, "Temporal is told of the run")
        await trial.begin("temporal")
        await asyncio.gather(*(trial.begin(worker) for worker in WORKERS))
        await _each_once(trial, [*early, *late])


@scenario("H2", "The relay, the API and PostgreSQL are stopped; the web hooks are away for longer than a STOP may be missed.",
          "what is due is held, `comms explain` says why; it leaves once the provider's list has been read",
          Kind.ROUGH, within=120)  # fmt: skip
async def relay_api_and_postgres_are_stopped(trial: Trial) -> None:
    async with trial.alone():
        leads = trial.leads(3)
        await _stop(trial, "relay")
        (run_id, *_) = await trial.start(*leads)
        await _stop(trial, "api", "postgres")
        await asyncio.sleep(BEYOND_THE_SILENCE)
        await trial.begin("postgres")
        await trial.begin("relay")
        await trial.settled(*leads, states={"ready"}, within=15)
        await asyncio.sleep(1)
        await _expect_explained(trial, run_id, "a reply or an opt-out may have been missed")
        trial.expect("requests meanwhile", sum(len(trial.calls(lead)) for lead in leads), 0)
        await trial.begin("api")
        await _each_once(trial, leads)


async def _stop(trial: Trial, *parts: str) -> None:
    await asyncio.gather(*(trial.rig.stack.stop(part) for part in parts))
    for part in parts:
        trial.injected(f"stop {part}")


async def _expect_explained(trial: Trial, run_id: str, wanted: str) -> None:
    said = await comms(trial.rig.stack, "explain", run_id)
    trial.expect("`comms explain` says", wanted if wanted in said else said, wanted)


async def _each_once(trial: Trial, leads: list[Lead]) -> None:
    messages: list[Standing] = await trial.settled(*leads, states={"accepted"})
    for message in messages:
        trial.expect("attempts", list(message.outcomes), ["accepted"])
