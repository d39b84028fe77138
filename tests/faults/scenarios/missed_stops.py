"""Somebody writes STOP while nobody listens, and the provider does not try again."""

import asyncio

import httpx

from tests.faults.rig import SETTINGS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead

SAYS = ("STOP", "Please stop texting me", "Alto, no me escriban")
_GAPS = "SELECT count(*), count(closed_at) FROM inbound_gap"


@scenario(
    "F36",
    "The API and PostgreSQL are away when people opt out, and the provider does not repeat its web hooks.",
    "nothing is sent until its list has been read; who has opted out gets nothing",
    Kind.ROUGH,
)
async def opt_outs_in_an_outage(trial: Trial) -> None:
    async with trial.alone():
        stopping, waiting = trial.leads(len(SAYS)), trial.leads(3)
        (before,) = await trial.rig.ledger.rows(_GAPS)
        await trial.rig.put_pause(True)
        await trial.start(*stopping, *waiting)
        await trial.settled(*stopping, *waiting, states={"ready"})
        await trial.kill("api")
        await trial.kill("postgres")
        for lead, words in zip(stopping, SAYS, strict=True):
            trial.expect(f"who hears {words!r}", await _web_hook_status(trial, lead, words), None)
        await trial.begin("postgres")
        await asyncio.sleep(float(SETTINGS["COMMS_TIMERS__INBOUND_SILENCE"].strip("PTS")) + 1)
        await trial.begin("api")
        await trial.rig.put_pause(False)
        told = await trial.settled(*stopping, *waiting)
        (after,) = await trial.rig.ledger.rows(_GAPS)
    trial.expect("of those who opted out", {message.state for message in told[: len(SAYS)]}, {"suppressed"})
    trial.counts["texts that only a backfill brought in"] += len(stopping)  # no web hook was answered, see above
    trial.expect("requests to send to them", [len(trial.calls(lead)) for lead in stopping], [0] * len(SAYS))
    trial.expect("of the others", {message.state for message in told[len(SAYS) :]}, {"accepted"})
    trial.expect("gaps opened and closed", (after[0] - before[0], after[1] - before[1]), (1, 1))


async def _web_hook_status(trial: Trial, lead: Lead, words: str) -> int | None:
    """Text as a contact; return how our web hook answered, None if nobody did."""
    async with httpx.AsyncClient(base_url=trial.rig.stack.urls["twilio"], timeout=20) as contact:
        answer = await contact.post("/_standin/inbound", json={"from": lead.phone, "body": words})
        status: int | None = answer.json()["webhook_status"]
        return status
