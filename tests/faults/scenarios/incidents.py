"""Incidents under faults: what clients are told of them leaves once, and a promised time passes unseen by nobody."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.correspondence import OUTSIDE_A_TURN
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.clients_side import ClientsSide

BY = "incident-owner"
LOST: tuple[tuple[str, bool], ...] = (
    ("accept_then_hang", True),
    ("half_answer", True),
    ("error_after", False),
    ("error_before", True),
)
"""How the answer to a notice is lost, and whether the provider tells of it later."""
PROMISED_IN = timedelta(seconds=10)
_CHASED = """
    WITH asked AS (SELECT %s::text AS incident)
    SELECT (SELECT count(*) FROM owner_task WHERE kind = 'incident_update_overdue' AND closed_at IS NULL
            AND evidence ->> 'incident' = incident),
        (SELECT count(*) FROM event WHERE kind = 'incident_overdue' AND facts ->> 'incident' = incident)
    FROM asked
"""
_OVERDUE = "SELECT EXISTS (SELECT 1 FROM event WHERE kind = 'incident_overdue' AND facts ->> 'incident' = %s)"
_SETTLED = """
    SELECT coalesce(bool_or(state IN ('accepted', 'refused', 'escalated')), false) FROM message WHERE address = %s
"""


@scenario(
    "F54", "The provider's answer to an incident's notice to a client is lost, before or after it has accepted the notice.",
    "each notice at most one request; known by event, or with a person; nothing is sent again", within=120,
)  # fmt: skip
async def answers_to_notices_are_lost(trial: Trial) -> None:
    sides = [await trial.client(number) for number in range(len(LOST))]
    for side, (fault, is_told) in zip(sides, LOST, strict=True):
        await trial.inject_at("ses", side.pat, fault, "send_email", **({"seconds": 3} if "hang" in fault else {}))
        if not is_told:
            await trial.inject_at("ses", side.pat, "callbacks_dropped", "send_email", None)
    await _opened(trial, sides)
    for side, (fault, is_told) in zip(sides, LOST, strict=True):
        message = await _settled(trial, side)
        is_known = is_told and fault != "error_before"
        trial.expect(f"the notice after {fault} is", message.state, "accepted" if is_known else "escalated")
        trial.expect("requests", len(trial.mails_to(side.pat)), 1)
        tasks = [] if is_known else ["message_in_doubt"]
        trial.expect("tasks about it", list(message.open_tasks), tasks)


@scenario("F55", "kill -9 of Temporal while the time runs out that an incident's client was promised word for.",
          "after its restart the escalation owner is told, once; what is held stays held", Kind.ROUGH, within=120)  # fmt: skip
async def temporal_dies_over_a_promise(trial: Trial) -> None:
    async with trial.alone():
        side = await trial.client()
        opened = await _opened(trial, [side])
        await _settled(trial, side)
        promised = datetime.now(UTC) + PROMISED_IN
        path = f"/v1/incidents/{opened['id']}"
        await trial.rig.office.ask(BY, "POST", f"{path}/updates", {"next_update_at": promised.isoformat()})
        await side.mails(2)
        trial.expect("escalated before its time", await _chased(trial, opened), (0, 0))
        await trial.kill("temporal")
        await asyncio.sleep(max(0.0, (promised - datetime.now(UTC)).total_seconds()) + 1)
        trial.expect("escalated while nobody keeps the time", await _chased(trial, opened), (0, 0))
        await trial.begin("temporal")
        await trial.until("the escalation owner is told", _OVERDUE, str(opened["id"]), within=30)
    trial.expect("tasks and records of the promise that was not kept", await _chased(trial, opened), (1, 1))
    trial.expect("requests to the client", len(trial.mails_to(side.pat)), 2)
    standing = await trial.rig.office.ask(BY, "GET", path)
    trial.expect("pauses that hold", len(standing["pauses"]) > 0, True)


async def _opened(trial: Trial, sides: list[ClientsSide]) -> dict[str, Any]:
    asked = {"title": f"Fault {trial.id}", "severity": "minor", "clients": [side.key for side in sides]}
    return await sides[0].order(BY, "/v1/incidents", asked)


async def _settled(trial: Trial, side: ClientsSide) -> Any:
    """Wait until the first notice to a client is settled; return how it stands."""
    await trial.until("the notice is settled", _SETTLED, side.pat, within=OUTSIDE_A_TURN)
    return (await trial.rig.ledger.standings([side.pat]))[side.pat][0]


async def _chased(trial: Trial, opened: dict[str, Any]) -> tuple[int, ...]:
    [row] = await trial.rig.ledger.rows(_CHASED, str(opened["id"]))
    return tuple(row)
