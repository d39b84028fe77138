"""The provider is there, and asks to come back, is not reached, or takes its time: sent once each, no sooner than it may be."""

import asyncio
from datetime import datetime
from itertools import pairwise

from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

COME_BACK_AFTER = 2
"""Seconds; many times what the service waits of its own accord before a second try."""
OWN_PATIENCE = (0.3, 0.6, 1.2)
"""What it waits of its own accord, by the rig's settings, each time twice as long."""
REFUSES_SECONDS = 2.5


@scenario(
    "F19", "The provider answers a burst with 429, with Retry-After or without.",
    "accepted once each; not asked again before it said, and less and less often",
)  # fmt: skip
async def asks_to_come_back(trial: Trial) -> None:
    texts, mails = trial.leads(8), trial.leads(4, "faults_mail")
    for text in texts:
        await trial.inject(text, "rate_limit", retry_after=COME_BACK_AFTER)
    for mail in mails:  # SES does not say when
        await trial.inject(mail, "rate_limit", times=len(OWN_PATIENCE))
    await trial.start(*texts, *mails)
    for message in await trial.settled(*texts, *mails, states={"accepted"}):
        patience = (COME_BACK_AFTER,) if message.channel == "sms" else OWN_PATIENCE
        calls = trial.calls(message)
        trial.expect("requests accepted", [call["accepted"] for call in calls], [False] * len(patience) + [True])
        waits = [_seconds_between(one["at"], other["at"]) for one, other in pairwise(calls)]
        impatient = [wait for wait, least in zip(waits, patience, strict=True) if wait < least]
        trial.expect(f"waits shorter than {patience}", impatient, [])


@scenario(
    "F20", "The provider refuses connections for some seconds.", "tried until it is there; one request, never in doubt",
    Kind.ROUGH,
)  # fmt: skip
async def refuses_connections(trial: Trial) -> None:
    leads = trial.leads(6) + trial.leads(4, "faults_mail")
    async with trial.alone():
        for worker in WORKERS:
            trial.proxy(f"{worker}/twilio").refuse()
            trial.proxy(f"{worker}/ses").refuse()
        await trial.start(*leads)
        await asyncio.sleep(REFUSES_SECONDS)
        for worker in WORKERS:
            trial.proxy(f"{worker}/twilio").mend()
            trial.proxy(f"{worker}/ses").mend()
        messages = await trial.settled(*leads, states={"accepted"})
    for message in messages:
        trial.expect("it was never in doubt", [said for said in message.evidence if "unknown" in said], [])
        trial.expect("attempts", list(message.outcomes), ["not_accepted"] * (message.fence - 1) + ["accepted"])
        trial.expect("requests and acceptances", (len(trial.calls(message)), trial.acceptances(message)), (1, 1))
        trial.injected("connection refused", message.fence - 1)


@scenario(
    "F21",
    "The provider takes 0.9 and 1.2 times as long as we wait.",
    "one request; the slower ones told by callback or by the list, whichever comes first",
)
async def takes_its_time(trial: Trial) -> None:
    for sequence, patience in (("faults_text", 1.0), ("faults_mail", 0.6)):
        in_time, too_late = trial.leads(3, sequence), trial.leads(3, sequence)
        for lead in in_time:
            await trial.inject(lead, "slow", seconds=0.9 * patience)
        for lead in too_late:
            await trial.inject(lead, "slow", seconds=1.2 * patience)
        await trial.start(*in_time, *too_late)
        for message in await trial.settled(*in_time, *too_late, states={"accepted"}):
            trial.expect("requests and acceptances", (len(trial.calls(message)), trial.acceptances(message)), (1, 1))
        for message in await trial.settled(*too_late):
            trial.expect("the provider told that it was accepted", message.accepted_by in ("callback", "list"), True)


def _seconds_between(one: str, other: str) -> float:
    return (datetime.fromisoformat(other) - datetime.fromisoformat(one)).total_seconds()
