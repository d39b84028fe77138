"""The claim is committed, but whoever committed it hears of that late or never: then it must not call."""

import asyncio

from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Trap, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

VICTIM = "worker-2"
TOO_LATE = 1.5
"""Seconds after a claim in which no call of it may start any more: half of a lease, and some."""


@scenario("F14", "The answer to a claim's COMMIT comes when half of the lease is over.",
          "no call by that claim; it is given back and claimed again, one request", Kind.ROUGH)  # fmt: skip
async def answer_to_the_commit_comes_late(trial: Trial) -> None:
    async with trial.alone():
        lead, trap = await _claimed_without_an_answer(trial)
        await asyncio.sleep(TOO_LATE)
        trap.decide(Fate.RELEASE)
        await _claimed_again(trial, lead)


@scenario("F14b", "The answer to a claim's COMMIT is lost with its connection.",
          "the worker asks what became of it and gives it back; claimed again, one request", Kind.ROUGH)  # fmt: skip
async def answer_to_the_commit_is_lost(trial: Trial) -> None:
    async with trial.alone():
        lead, trap = await _claimed_without_an_answer(trial)
        trap.decide(Fate.CUT)
        await _claimed_again(trial, lead)


@scenario("F14c", "The answer to a claim's COMMIT is lost, and the worker cannot ask any more.",
          "no call; when the lease is over a person is asked, nothing is sent", Kind.ROUGH)  # fmt: skip
async def nobody_can_be_asked_about_the_commit(trial: Trial) -> None:
    async with trial.alone():
        lead, trap = await _claimed_without_an_answer(trial)
        trial.proxy(f"{VICTIM}/postgres").refuse()
        trap.decide(Fate.CUT)
        await asyncio.sleep(TOO_LATE)
    (message,) = await trial.settled(lead)
    trial.expect("the message is", message.state, "escalated")
    trial.expect("its attempts", list(message.outcomes), ["unknown"])
    trial.expect("requests", len(trial.calls(lead)), 0)


async def _claimed_without_an_answer(trial: Trial) -> tuple[Lead, Trap]:
    """Write to leads until a claim of one of them is committed, and hold the answer to its COMMIT."""
    what = "hold the answer to a claim's COMMIT"
    trap = trial.trap(f"{VICTIM}/postgres", what, Way.TO_CLIENT, r"INTO claim_log.*COMMIT$")
    return await trial.send_until_caught(trap), trap


async def _claimed_again(trial: Trial, lead: Lead) -> None:
    (message,) = await trial.settled(lead)
    trial.expect("the message is", message.state, "accepted")
    trial.expect("its attempts", list(message.outcomes), ["not_accepted", "accepted"])
    trial.expect("requests", len(trial.calls(lead)), 1)
