"""A thousand callbacks at once, and people who go on writing and asking meanwhile."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from tests.faults.hooks import Hooks, news
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

T = TypeVar("T")
NEWS = ("queued", "sending", "sent", "delivered", "read")
TIMES = 4
"""How often each is told."""
TEXTS = 50
STORM_SECONDS = 2.0
PATIENCE = 10.0
"""Seconds after which a request gives up waiting for a connection. How long they really waited is in the report."""
_TAKEN_IN = """
    SELECT count(DISTINCT (message_id, kind)) = %s FROM evidence
    WHERE source = 'callback' AND message_id = ANY(%s::uuid[])
"""
_OPTED_OUT = """
    SELECT count(DISTINCT c.id) FROM consent c JOIN message m USING (client_id, channel, address_hash)
    WHERE m.address = %s AND c.status = 'revoked'
"""


@scenario(
    "F26", "A storm of 1,000 callbacks within two seconds, with a STOP and requests to the API in the middle of it.",
    "none lost; the STOP counts when it is answered; nobody waits long", Kind.ROUGH, within=120,
)  # fmt: skip
async def rages(trial: Trial) -> None:
    texted, (stopper,) = trial.leads(TEXTS), trial.leads(1, "faults_answered")
    async with trial.alone(), Hooks(trial.rig.stack) as twilio:
        await asyncio.gather(*(trial.inject(lead, "callbacks_dropped", times=None) for lead in texted))
        run, *_ = await trial.start(stopper, *texted)
        _, *messages = await trial.settled(stopper, *texted, states={"accepted"}, within=60)
        calls = [trial.calls(message)[0] for message in messages]
        told = [(call["token"], news(call, status)) for call in calls for status in NEWS * TIMES]
        trial.random.shuffle(told)

        async with asyncio.TaskGroup() as everybody:
            storm = [
                everybody.create_task(_tell(trial, twilio, number / len(told), *one)) for number, one in enumerate(told)
            ]
            everybody.create_task(_ask_until_over(trial, run, storm))
            await asyncio.sleep(STORM_SECONDS / 2)
            await _timed(trial, "a STOP in the storm, answered", trial.rig.office.reply(stopper.phone, "STOP"))
            opted_out = await trial.rig.ledger.rows(_OPTED_OUT, stopper.phone)
        trial.expect("opt-outs when the STOP was answered", opted_out, [(1,)])
        trial.expect("answers to the storm", {told_one.result() for told_one in storm}, {204})
        await trial.until("nothing is lost", _TAKEN_IN, TEXTS * len(NEWS), [message.id for message in messages])
    trial.injected("storm of callbacks")
    slowest = {name: max(seconds) for name, seconds in trial.measures.items()}
    trial.expect(
        f"who waited longer than {PATIENCE:.0f} s, {slowest}", [n for n, s in slowest.items() if s > PATIENCE], []
    )


async def _tell(trial: Trial, twilio: Hooks, when: float, token: str, form: dict[str, str]) -> int:
    await asyncio.sleep(when * STORM_SECONDS)
    return await _timed(trial, "a callback in the storm, answered", twilio.status(token, form))


async def _ask_until_over(trial: Trial, run: str, storm: "list[asyncio.Task[int]]") -> None:
    while not all(task.done() for task in storm):
        await _timed(trial, "an API request in the storm, answered", trial.rig.office.run(run))
        await asyncio.sleep(0.02)


async def _timed(trial: Trial, name: str, work: Awaitable[T]) -> T:
    began = time.monotonic()
    result = await work
    trial.measured(name, time.monotonic() - began)
    return result
