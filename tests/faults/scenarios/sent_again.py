"""Two people want a message sent again: not while its first request may arrive, and not on a list of before their yes."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import httpx

from tests.faults.rig import SETTINGS
from tests.faults.scenario import Kind, scenario
from tests.faults.traps import Fate, Way
from tests.faults.trial import Trial
from tests.stack.scene import Lead

ASKS, CONFIRMS = "incident-owner", "approver"
HORIZON = json.loads(SETTINGS["COMMS_TIMERS__CHECKS"])[-1]
"""After the end of a lease; until then a request may be accepted, and nobody may ask."""
A_COPY_WOULD_HAVE_LEFT = 2.5
"""Seconds after a wish that was heard."""
_IS_EARLY = """
    SELECT clock_timestamp() + interval '0.5 s' < lease_until + %s::interval FROM message WHERE id::text = %s
"""
_BOTH_ESCALATED = "SELECT count(*) = 2 FROM message WHERE address = %s AND state = 'escalated'"
_OF_RUN = "SELECT id::text FROM message WHERE run_id::text = %s"
_SETTLED_AS = "SELECT coalesce(result, '') = %s FROM resend WHERE message_id::text = %s"
_IS_OVER = """
    SELECT s.result IS NOT NULL AND m.state IN ('escalated', 'accepted')
    FROM resend s JOIN message m ON m.id = s.message_id WHERE m.id::text = %s
"""
_STANDS = "SELECT s.result, m.state FROM resend s JOIN message m ON m.id = s.message_id WHERE m.id::text = %s"


@scenario(
    "F41", "Two people want an urgent message sent again while its first request is still on its way.",
    "they are refused, and the first request is the only one", Kind.ROUGH,
)  # fmt: skip
async def too_early(trial: Trial) -> None:
    async with trial.alone():
        (lead,) = trial.leads(1, "faults_urgent")
        held = trial.hold_requests(lead)
        try:
            await trial.start(lead)
            (message,) = await trial.settled(lead, states={"escalated"})
            early = await trial.rig.ledger.rows(_IS_EARLY, HORIZON, message.id)
            trial.expect("its first request may still be accepted", early, [(True,)])
            heard = await _wish(trial, message.id)
            await asyncio.sleep(A_COPY_WOULD_HAVE_LEFT)
        finally:
            for trap in held:
                trap.decide(Fate.RELEASE)
        await trial.settled(lead, states={"accepted"})
    trial.expect("whose wish was heard", heard, [])
    trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (1, 1))


@scenario(
    "F41b",
    "A worker is frozen with a list that it has read for two people; what that did not show arrives, and they ask anew.",
    "its list counts for nothing: what is on the provider's list by then stays with them, and nothing is sent again",
    Kind.ROUGH,
    within=90,
)
async def on_a_stale_list(trial: Trial) -> None:
    async with trial.alone():
        (lead,) = trial.leads(1)
        held = trial.hold_requests(lead, times=2)
        await trial.inject(lead, "callbacks_dropped", times=None)
        try:
            (run,) = await trial.start(lead)
            await trial.rig.office.start(_retyped(lead))  # a second one that the list cannot tell from the first
            await trial.until("both are with a person", _BOTH_ESCALATED, lead.phone)
            ((message,),) = await trial.rig.ledger.rows(_OF_RUN, run)
            await trial.rig.stack.stop("worker-2")
            number = lead.phone.replace("+", "%2B")
            reading = trial.trap("worker/twilio", "hold a list", Way.TO_CLIENT, f"^GET .*To={number}")
            trial.expect("whose wish was heard", await _wish(trial, message), [ASKS, CONFIRMS])
            await reading.sprung()
            trial.freeze("worker")
            reading.decide(Fate.RELEASE)
        finally:
            for trap in held:
                trap.decide(Fate.RELEASE)
        await trial.until_seen("both requests have arrived", lambda: trial.acceptances(lead) == 2)
        await trial.begin("worker-2")
        await trial.until("two are found by the other worker", _SETTLED_AS, "several_candidates", message)
        await trial.rig.stack.stop("worker-2")
        trial.expect("whose second wish was heard", await _wish(trial, message), [ASKS, CONFIRMS])
        trial.thaw("worker")
        await trial.until("the second wish is settled", _IS_OVER, message)
        stands = await trial.rig.ledger.rows(_STANDS, message)
    trial.expect("what came of it", stands, [("several_candidates", "escalated")])
    trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (2, 2))


async def _wish(trial: Trial, message: str) -> list[str]:
    """Have one person ask for a message to be sent again and another one agree; return who was not refused."""
    heard = []
    for who in (ASKS, CONFIRMS):
        body = {"answer": "send_again", "reason": "the lead waits"}
        try:
            await trial.rig.office.ask(who, "POST", f"/v1/messages/{message}/resolution", body)
            heard.append(who)
        except httpx.HTTPStatusError as refused:
            # The second person can only agree with a first one.
            status = HTTPStatus.CONFLICT if who == ASKS else HTTPStatus.FORBIDDEN
            trial.expect(f"the answer to {who}", refused.response.status_code, status)
    return heard


def _retyped(lead: Lead) -> dict[str, Any]:
    """The order of another form for the same lead, in the same words with other spaces."""
    order = lead.order() | {"sequence": "faults_retyped"}
    order["lead"] |= {"source": "web_form", "source_lead_id": f"form-{lead.name}"}
    return order
