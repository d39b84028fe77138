"""An opt-out or a pause comes at the very moment at which messages are claimed. The commits tell who was first."""

import asyncio
import time
from collections import Counter
from dataclasses import replace

from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Trap, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

ROUNDS = 300
AT_ONCE = 20
STOPS_WITHIN = 2.5
"""Seconds after the start; a first text is claimed, on two busy cores, in the middle of them."""
AT_FIRST_UNREACHABLE = "+17195550179"
"""The stand-in reports the first message to it as undelivered, which is worth one repeat."""
RUN = "run:ID"
ASKS_FOR_LOCKS = f"{RUN}....address:[0-9a-f]{{64}}....$"
"""The names of the last two locks, among the lengths of what is bound, with nothing asked behind them."""
WHILE_HELD = 0.7
"""Seconds; less than half of a lease, or the claim would be given back."""
_AFTER_OPT_OUT = """
    SELECT count(*) FROM claim_log l JOIN consent c USING (client_id, channel, address_hash)
    WHERE c.status = 'revoked' AND pg_xact_commit_timestamp(l.xmin) > pg_xact_commit_timestamp(c.xmin)
"""
_INSIDE_PAUSE = """
    SELECT count(*) FROM claim_log l WHERE 'pause' = (
        SELECT p.kind FROM pause_event p WHERE p.scope = 'everything'
          AND pg_xact_commit_timestamp(p.xmin) < pg_xact_commit_timestamp(l.xmin) ORDER BY p.id DESC LIMIT 1)
"""
_HELD_BY_PAUSE = "SELECT count(*) = 1 FROM message WHERE address = %s AND state = 'ready' AND reason = 'paused'"


@scenario(
    "F35",
    f"{ROUNDS} leads say STOP, and everything is paused and resumed, at the moment their messages are due.",
    "no claim commits after the opt-out or inside a pause",
    Kind.ROUGH,
    within=90.0,
)
async def opt_outs_and_pauses_race_claims(trial: Trial) -> None:
    in_flight: list[str] = []
    async with trial.alone():
        over = asyncio.Event()
        pausing = asyncio.create_task(_pause_and_resume(trial, in_flight, over))
        few = asyncio.Semaphore(AT_ONCE)
        leads = trial.leads(ROUNDS)
        await asyncio.gather(*(_started_and_stopped(trial, lead, few) for lead in leads))
        over.set()
        await pausing
        messages = await trial.settled(*leads)
    trial.expect("claims after an opt-out", await trial.rig.ledger.rows(_AFTER_OPT_OUT), [(0,)])
    trial.expect("claims inside a pause", await trial.rig.ledger.rows(_INSIDE_PAUSE), [(0,)])
    trial.counts["messages in flight at a pause"] += sum(in_flight.count(message.id) for message in messages)
    # Claimed, and refused by a provider that has heard the STOP a moment before us, still counts as first.
    first = Counter(message.fence > 0 for message in messages)
    trial.expect("both sides have won some", len(first), 2)


async def _started_and_stopped(trial: Trial, lead: Lead, few: asyncio.Semaphore) -> None:
    async with few:
        await trial.start(lead)
        await asyncio.sleep(trial.random.uniform(0.0, STOPS_WITHIN))
        began = time.monotonic()
        await trial.rig.office.reply(lead.phone, "STOP")
        trial.measured("opt-out, from text to effect", time.monotonic() - began)
        trial.injected("opt-out beside a claim")


async def _pause_and_resume(trial: Trial, in_flight: list[str], over: asyncio.Event) -> None:
    while not over.is_set():
        began = time.monotonic()
        in_flight += await trial.rig.put_pause(True)
        trial.measured("pause of everything, from request to effect", time.monotonic() - began)
        trial.injected("pause beside claims")
        await asyncio.sleep(0.3)
        await trial.rig.put_pause(False)
        await asyncio.sleep(1.0)


@scenario(
    "F35b",
    "A STOP comes while the claim of a repeat, whose row nobody else can see yet, is between reading and committing.",
    "the STOP is answered only after that claim; what was in flight was claimed before it",
    Kind.ROUGH,
)
async def opt_out_in_the_middle_of_a_claim(trial: Trial) -> None:
    async with trial.alone():
        lead = replace(trial.leads(1)[0], phone=AT_FIRST_UNREACHABLE)
        asked = f"INSERT INTO message.*{RUN}.*INTO claim_log.*COMMIT$"
        traps = await _caught(trial, lead, "hold the COMMIT of a repeat's claim", asked)
        stopping = asyncio.create_task(trial.rig.office.reply(lead.phone, "STOP"))
        await asyncio.sleep(WHILE_HELD)
        waits = not stopping.done()
        _release(traps)
        trial.expect("how the STOP is answered", await stopping, 200)
        await trial.rig.calm()
    trial.expect("the STOP has waited for the claim", waits, True)
    trial.expect("claims after an opt-out", await trial.rig.ledger.rows(_AFTER_OPT_OUT), [(0,)])


@scenario(
    "F35c",
    "A pause comes while a claim is about to take its locks.",
    "the pause is answered at once, and the claim, which reads only under its locks, sees it",
    Kind.ROUGH,
)
async def pause_at_the_beginning_of_a_claim(trial: Trial) -> None:
    async with trial.alone():
        (lead,) = trial.leads(1)
        traps = await _caught(trial, lead, "hold the locks of a claim", ASKS_FOR_LOCKS)
        in_flight = await trial.rig.put_pause(True)
        _release(traps)
        await trial.until("the message is held by the pause", _HELD_BY_PAUSE, lead.phone)
        (held,) = await trial.settled(lead, states={"ready"})
        trial.expect("in flight at the pause, requests", (held.id in in_flight, len(trial.calls(lead))), (False, 0))
        await trial.rig.put_pause(False)
        await trial.settled(lead, states={"accepted"})


@scenario(
    "F35d",
    "A pause comes when the provider has accepted a message and its answer is on the wire.",
    "the pause names the message as in flight; it ends as accepted, by one request",
    Kind.ROUGH,
)
async def pause_in_the_middle_of_a_call(trial: Trial) -> None:
    async with trial.alone():
        (lead,) = trial.leads(1)
        await trial.inject(lead, "callbacks_dropped", times=None)  # else news of it may come before the pause
        traps = await _caught(
            trial, lead, "hold the provider's answer", f"^POST .*{lead.phone[1:]}", "twilio", Way.TO_CLIENT
        )
        in_flight = await trial.rig.put_pause(True)
        _release(traps)
        (message,) = await trial.settled(lead)
    trial.expect("in flight at the pause", message.id in in_flight, True)
    trial.expect("the message and its requests", (message.state, len(trial.calls(lead))), ("accepted", 1))


async def _caught(
    trial: Trial, lead: Lead, what: str, asked: str, server: str = "postgres", way: Way = Way.TO_SERVER
) -> list[Trap]:
    """Write to a lead and wait until a trap, at either worker's way to a server, has caught what is asked for it there.

    `asked` has RUN where the run's id stands: other runs, which wait for a person, claim whenever a pause is lifted.
    """
    (run_id,) = await trial.start(lead)
    traps = [trial.trap(f"{worker}/{server}", what, way, asked.replace(RUN, f"run:{run_id}")) for worker in WORKERS]
    await trial.until_seen(f"a trap comes to {what}", lambda: any(trap.caught for trap in traps))
    return traps


def _release(traps: list[Trap]) -> None:
    for trap in traps:
        trap.decide(Fate.RELEASE)
