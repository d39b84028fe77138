"""What comes after a conversation: a job that the CRM reports as booked, a lead that was lost, a run that is taken back."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from deploy.local.demo.lines import Line
from deploy.local.office import Office
from deploy.local.players import hubspot_deals

BOOKED_TITLE = "What became of leads, as the CRM tells"
TAKEN_BACK_TITLE = "A rollback: its plan, and what came of each step"
EVERY_STEP_ENDED = {"undone", "nothing_to_undo", "not_undoable", "correction_sent", "given_to_person"}


async def told_by_crm(office: Office, runs: Mapping[str, Mapping[str, Any]], secret: str) -> list[Line]:
    """Have the CRM report one lead as booked and one as lost, by its signed web hook. Tells what we know then.

    Args:
        office: the people.
        runs: the runs by the first name of their lead; Ana and Gia have been handed over.
        secret: of the CRM's app.
    """
    told = {
        "Ana": {"dealstage": "closedwon", "amount": "480.00", "deal_currency_code": "USD"},
        "Gia": {"dealstage": "closedlost", "closed_lost_reason": "Price too high"},
    }
    return [await _told(office, name, runs[name], properties, secret) for name, properties in told.items()]


async def taken_back(office: Office, name: str, run_id: str) -> list[Line]:
    """Look at the plan of a rollback, ask for just that, and tell what came of each step."""
    seen = await office.roll_back(run_id, "the client wants this lead back")
    path = f"/v1/runs/{run_id}/rollback"
    done = await office.ask("engineer", "GET", path)
    while any(step["prospect"] for step in done["steps"]):
        await asyncio.sleep(0.3)
        done = await office.ask("engineer", "GET", path)
    planned = {step["about"]: step["in_words"] for step in seen["steps"]}
    return [
        Line(name, f"{step['kind'].replace('_', ' ')}: {planned.get(step['about'], 'not planned')}",
             step["state"].replace("_", " "), step["reason"] or step["in_words"], step["state"] in EVERY_STEP_ENDED)
        for step in done["steps"]
    ]  # fmt: skip


async def _told(office: Office, name: str, run: Mapping[str, Any], properties: Mapping[str, str], secret: str) -> Line:
    deal = next(str(event["facts"]["deal"]) for event in run["timeline"] if event["kind"] == "handed_over")
    at = time.time()
    changes = [
        hubspot_deals.change(deal, key, value, at, number) for number, (key, value) in enumerate(properties.items(), 1)
    ]
    await office.bring(hubspot_deals.PATH, hubspot_deals.sent(changes, secret, office.api))
    path = f"/v1/leads/{run['lead_id']}/outcomes"
    while (known := await office.ask("sales-ops", "GET", path))["current"] is None:
        await asyncio.sleep(0.3)
    current = known["current"]
    is_booked = current["outcome"] == "booked"
    worth = f"{current['amount_minor'] / 100:.2f} {current['currency']} ({current['basis']}), " if is_booked else ""
    proof = f"{worth}{current['evidence_kind'].replace('_', ' ')} {current['evidence_id']}, said by {current['source']}"
    outcome = "booked" if is_booked else f"{current['outcome']}: {current['lost_reason']}"
    what = "the deal is won" if is_booked else "the deal is lost"
    as_told = current["outcome"] == ("booked" if properties["dealstage"] == "closedwon" else "lost")
    return Line(name, what, outcome, f"{proof}. Nobody writes to this lead any more.", as_told)
