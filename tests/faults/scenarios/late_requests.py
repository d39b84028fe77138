"""What is sent after everybody has stopped waiting: a worker that was asleep, and a request that was held on its way."""

import asyncio

from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Trap, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

VICTIM = "worker-2"
LAST_LOOK = r"SELECT m\.fence = "
"""The claimant's last statement before it calls."""


@scenario(
    "F22", "SIGSTOP of a worker after its claim, for longer than the lease, then SIGCONT.",
    "it does not send any more and says so; the message is sent once, by a later claim", Kind.ROUGH,
)  # fmt: skip
async def wakes_before_its_call(trial: Trial) -> None:
    async with trial.alone():
        trap = trial.trap(f"{VICTIM}/postgres", "hold the last look before the call", Way.TO_SERVER, LAST_LOOK)
        lead = await _asleep_past_its_lease(trial, trap)
        (message,) = await trial.settled(lead)
    trial.expect("the message is", message.state, "accepted")
    trial.expect("what came of each claim", list(message.outcomes), ["not_accepted", "accepted"])
    trial.expect("what was said of it", message.evidence[:2], ["lease unknown", "answer not_accepted"])
    trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (1, 1))


@scenario(
    "F22b", "SIGSTOP of a worker in the middle of its call, for longer than the lease, then SIGCONT.",
    "one request, however late; nobody has claimed the message meanwhile", Kind.ROUGH,
)  # fmt: skip
async def wakes_in_its_call(trial: Trial) -> None:
    async with trial.alone():
        trap = trial.trap(f"{VICTIM}/twilio", "hold the call", Way.TO_SERVER, "^POST", let_through=80)
        lead = await _asleep_past_its_lease(trial, trap)
        (message,) = await trial.settled(lead, states={"accepted"})
    trial.expect("claims", message.fence, 1)
    trial.expect("who spoke first", message.evidence[0], "lease unknown")
    trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (1, 1))


@scenario(
    "F23", "A request is held on the wire until its sender has given up, and then delivered.",
    "one request; found out, and by callback even when a person has been asked already",
)  # fmt: skip
async def arrives_late(trial: Trial) -> None:
    in_doubt, asked = trial.leads(2), trial.leads(2)
    held = {lead: trial.hold_requests(lead) for lead in (*in_doubt, *asked)}
    await trial.start(*held)
    await asyncio.gather(_late(trial, in_doubt, "unknown", held), _late(trial, asked, "escalated", held))
    for message in await trial.settled(*held, states={"accepted"}):
        trial.expect("requests and acceptances", (len(trial.calls(message)), trial.acceptances(message)), (1, 1))
        trial.expect("open tasks about it", list(message.open_tasks), [])
    for message in await trial.settled(*asked):  # of those in doubt, the provider's list may tell first
        trial.expect("who told that it was accepted", message.accepted_by, "callback")


async def _asleep_past_its_lease(trial: Trial, trap: Trap) -> Lead:
    lead = await trial.send_until_caught(trap)
    trial.freeze(VICTIM)
    await trial.settled(lead, states={"unknown"})  # says the other worker, because the lease is over
    trap.decide(Fate.RELEASE)
    trial.thaw(VICTIM)
    return lead


async def _late(trial: Trial, leads: list[Lead], state: str, held: dict[Lead, list[Trap]]) -> None:
    try:
        await trial.settled(*leads, states={state})
        for lead in leads:
            trial.expect("requests that the provider has received so far", len(trial.calls(lead)), 0)
    finally:  # a request that is on the wire arrives, whatever its sender believes
        for trap in (trap for lead in leads for trap in held[lead]):
            trap.decide(Fate.RELEASE)
