"""What a pause has held leaves in turn, whatever dies meanwhile."""

import asyncio
from typing import Any

from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

HELD, PER_SECOND = 30, 5.0
_ALL_HELD = "SELECT count(*) = %s FROM message WHERE address = ANY(%s) AND state = 'ready' AND reason = 'paused'"
_SOME_LEFT = "SELECT count(*) >= %s FROM message WHERE address = ANY(%s) AND state = 'accepted'"
_MOST_IN_A_SECOND = """
    WITH claimed AS (SELECT l.at FROM claim_log l JOIN message m ON m.id = l.message_id WHERE m.address = ANY(%s))
    SELECT max((SELECT count(*) FROM claimed c WHERE c.at > claimed.at - interval '1 second' AND c.at <= claimed.at)) FROM claimed
"""


@scenario(
    "F43", f"{HELD} held texts drain at {PER_SECOND:g} a second; relay and workers are killed, and it is paused again, meanwhile.",
    "as previewed: each leaves once, at that rate, and what the second pause holds leaves after it", Kind.ROUGH, within=120,
)  # fmt: skip
async def a_drain_survives(trial: Trial) -> None:
    leads = trial.leads(HELD)
    phones = [lead.phone for lead in leads]
    async with trial.alone():
        await trial.rig.put_pause(True)
        await trial.start(*leads)
        await trial.until("all are held", _ALL_HELD, HELD, phones, within=60)
        paused = await _paused(trial)
        resumed = await trial.rig.office.resume(paused["id"], PER_SECOND)
        trial.expect("foreseen", resumed["drain"]["expected"].get("will_send", 0) >= HELD, True)
        await trial.until("some have left", _SOME_LEFT, 3, phones)
        for part in ("relay", *WORKERS):
            await trial.kill(part)
        await asyncio.sleep(4)
        await asyncio.gather(*(trial.begin(part) for part in ("relay", *WORKERS)))
        await trial.until("more have left", _SOME_LEFT, 12, phones)
        await trial.rig.put_pause(True)
        again = await _paused(trial)
        trial.expect("some wait for the second resume", again["held"] > 0, True)
        await trial.rig.office.resume(again["id"], PER_SECOND)
        messages = await trial.settled(*leads, states={"accepted"}, within=60)
        trial.expect("requests of each", {len(trial.calls(message)) for message in messages} <= {1, 2}, True)
        for message in messages:
            trial.expect("acceptances", trial.acceptances(message), 1)
        trial.expect("waits after all", await _waiting(trial, again["id"]), 0)
    ((most,),) = await trial.rig.ledger.rows(_MOST_IN_A_SECOND, phones)
    trial.expect(f"the most claims in a second, {most}", most <= HELD / 2, True)


async def _waiting(trial: Trial, pause: str) -> int:
    """Return how many messages still wait for their turn once there has been time for what others had held there too."""
    waiting = HELD
    for _ in range(80):
        drain = (await trial.rig.office.ask("engineer", "GET", f"/v1/pauses/{pause}"))["drain"]
        if (waiting := int(drain["waiting"])) == 0:
            break
        await asyncio.sleep(0.25)
    return waiting


async def _paused(trial: Trial) -> dict[str, Any]:
    (paused,) = await trial.rig.pauses_of_everything()
    return paused
