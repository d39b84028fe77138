"""The network between a worker and its servers is gone for a while, and nobody is told."""

import asyncio

from tests.faults.correspondence import OUTSIDE_A_TURN
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

VICTIM = "worker-2"
BEYOND_THE_LEASE = 3.0
BEYOND_START_TO_CLOSE = 4.0
"""Seconds after which Temporal gives an activity to somebody else."""
_HAS_ENDED = "SELECT outcome = 'no_response' FROM run JOIN lead ON lead.id = run.lead_id WHERE lead.phone = %s"
_ANSWER_RECORDED = """
    SELECT count(*) > 0 FROM evidence e JOIN message m ON m.id = e.message_id
    WHERE m.address = %s AND e.source = 'answer' AND e.kind = 'accepted'
"""


@scenario("F32", "Both workers are cut off from the database before they claim.",
          "no call before the claim; then one each", Kind.ROUGH)  # fmt: skip
async def cut_off_from_the_database_before_the_claim(trial: Trial) -> None:
    async with trial.alone():
        for worker in WORKERS:
            trial.proxy(f"{worker}/postgres").blackhole()
            trial.injected(f"blackhole between {worker} and postgres")
        leads = trial.leads(6)
        await trial.start(*leads)
        await asyncio.sleep(BEYOND_START_TO_CLOSE)
        trial.expect("calls without a claim", sum(len(trial.calls(lead)) for lead in leads), 0)
        for worker in WORKERS:
            trial.proxy(f"{worker}/postgres").mend()
        messages = await trial.settled(*leads, states={"accepted"})
    for message in messages:
        trial.expect("requests", len(trial.calls(message)), 1)


@scenario("F32b", "A worker is cut off from the database between its call and recording the answer, for a moment.",
          "it records the answer at last; one request", Kind.ROUGH)  # fmt: skip
async def cut_off_from_the_database_for_a_moment_after_the_call(trial: Trial) -> None:
    async with trial.alone():
        lead = await _called(trial, "postgres")
        await asyncio.sleep(0.5)
        trial.proxy(f"{VICTIM}/postgres").mend()
        await trial.until("the answer is recorded", _ANSWER_RECORDED, lead.phone, within=5)
    (message,) = await trial.settled(lead)
    trial.expect("attempts and requests", (list(message.outcomes), len(trial.calls(lead))), (["accepted"], 1))


@scenario("F32c", "A worker is cut off from the database between its call and recording the answer, beyond the lease.",
          "told by callback; one request", Kind.ROUGH, within=90)  # fmt: skip
async def cut_off_from_the_database_beyond_the_lease_after_the_call(trial: Trial) -> None:
    async with trial.alone():
        lead = await _called(trial, "postgres")
        await asyncio.sleep(BEYOND_THE_LEASE)
    (message,) = await trial.settled(lead)
    trial.expect("the answer is recorded", "answer accepted" in message.evidence, False)
    trial.expect("who told that it was accepted", message.accepted_by, "callback")
    trial.expect("attempts and requests", (list(message.outcomes), len(trial.calls(lead))), (["accepted"], 1))
    await trial.until("the run goes on to its end", _HAS_ENDED, lead.phone, within=OUTSIDE_A_TURN)


@scenario("F33", "A worker is cut off from Temporal between its call and reporting the result.",
          "the activity is tried again and finds the answer recorded; one request, the run goes on",
          Kind.ROUGH, within=90)  # fmt: skip
async def cut_off_from_temporal_after_the_call(trial: Trial) -> None:
    async with trial.alone():
        lead = await _called(trial, "temporal")
        await asyncio.sleep(BEYOND_START_TO_CLOSE)
    (message,) = await trial.settled(lead)
    trial.expect("attempts and requests", (list(message.outcomes), len(trial.calls(lead))), (["accepted"], 1))
    await trial.until("the run goes on to its end", _HAS_ENDED, lead.phone, within=OUTSIDE_A_TURN)


@scenario("F33b", "Both workers are cut off from Temporal in the middle of a batch.",
          "all runs go on afterwards; one request each", Kind.ROUGH, within=90)  # fmt: skip
async def cut_off_from_temporal_in_a_batch(trial: Trial) -> None:
    async with trial.alone():
        leads = trial.leads(12)
        starting = asyncio.create_task(trial.start(*leads))
        await trial.settled(leads[0], states={"accepted"})
        for worker in WORKERS:
            trial.proxy(f"{worker}/temporal").refuse()
            trial.injected(f"partition of {worker} and temporal")
        await asyncio.sleep(BEYOND_START_TO_CLOSE)
        await starting
        for worker in WORKERS:
            trial.proxy(f"{worker}/temporal").mend()
        messages = await trial.settled(*leads, states={"accepted"})
    for message in messages:
        trial.expect("attempts and requests", (list(message.outcomes), len(trial.calls(message))), (["accepted"], 1))
    for lead in leads:
        await trial.until("the run goes on to its end", _HAS_ENDED, lead.phone, within=OUTSIDE_A_TURN)


async def _called(trial: Trial, cut_off_from: str) -> Lead:
    """Return a lead whom the victim has written to; its provider has accepted, and the victim is cut off when it reads that."""
    trap = trial.trap(f"{VICTIM}/twilio", "hold the provider's answer", Way.TO_CLIENT, "^POST")
    lead = await trial.send_until_caught(trap)
    trial.proxy(f"{VICTIM}/{cut_off_from}").refuse()
    trial.injected(f"partition of {VICTIM} and {cut_off_from}")
    trap.decide(Fate.RELEASE)
    return lead
