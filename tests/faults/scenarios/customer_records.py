"""The CRM is down, slow or breaks off while a lead is handed over: one contact and one deal, however often it was asked."""

import asyncio
from typing import Any

import httpx

from tests.faults.correspondence import OUTSIDE_A_TURN
from tests.faults.rig import WORKERS
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead

FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("rate_limit", {"retry_after": 1}),
    ("error_before", {}),
    ("error_after", {}),
    ("accept_then_hang", {"seconds": 2}),
    ("accept_then_reset", {}),
    ("half_answer", {}),
    ("garbage", {}),
    ("slow", {"seconds": 1.2}),
)
_HANDED_OVER = "SELECT count(*) = %s FROM run WHERE id = ANY(%s::uuid[]) AND outcome = 'replied'"
_LEAD_OF = "SELECT lead_id::text FROM run WHERE id = %s::uuid"


@scenario(
    "F40", "The CRM answers late, half, with nonsense or an error while it is given a contact or a deal.",
    "one contact and one deal for each lead",
)  # fmt: skip
async def answers_badly(trial: Trial) -> None:
    leads = trial.leads(2 * len(FAULTS), "faults_answered")
    for number, lead in enumerate(leads):
        fault, params = FAULTS[number // 2]
        operation = ("upsert_contacts", "associate_deals")[number % 2]
        await trial.inject(lead, fault, operation, standin="hubspot", **params)
    runs = await _answered(trial, leads)
    await _handed_over_once(trial, leads, runs)


@scenario(
    "F40b",
    "The CRM is not there while leads are handed over.",
    "one contact and one deal once it is",
    Kind.ROUGH,
    within=90,
)
async def is_not_there(trial: Trial) -> None:
    leads = trial.leads(4, "faults_answered")
    async with trial.alone():
        for worker in WORKERS:
            trial.proxy(f"{worker}/hubspot").refuse()
        runs = await _answered(trial, leads)
        await asyncio.sleep(1)
        trial.injected("CRM refused", len(leads))
    await _handed_over_once(trial, leads, runs)


async def _answered(trial: Trial, leads: list[Lead]) -> list[str]:
    """Have the leads written to, and answer in their place; return the runs."""
    runs = await trial.start(*leads)
    await trial.settled(*leads, states={"accepted"})
    for lead in leads:
        await trial.rig.office.reply(lead.phone, "Yes, please call me")
    return runs


async def _handed_over_once(trial: Trial, leads: list[Lead], runs: list[str]) -> None:
    await trial.until("every lead is handed over", _HANDED_OVER, len(runs), runs, within=OUTSIDE_A_TURN)
    for lead, run in zip(leads, runs, strict=True):
        ((lead_id,),) = await trial.rig.ledger.rows(_LEAD_OF, run)
        trial.expect("contacts in the CRM", await _in_crm(trial, "contacts", "phone", lead.phone), 1)
        trial.expect("deals in the CRM", await _in_crm(trial, "deals", "agency_lead_id", lead_id), 1)


async def _in_crm(trial: Trial, kind: str, name: str, value: str) -> int:
    stack = trial.rig.stack
    asked = {"filterGroups": [{"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}]}
    headers = {"Authorization": f"Bearer {stack.site.secrets.crm_token}"}
    async with httpx.AsyncClient(base_url=stack.urls["hubspot"], headers=headers) as crm:
        answer = await crm.post(f"/crm/v3/objects/{kind}/search", json=asked)
    return int(answer.json()["total"])
