"""Runs outgrow their histories while people write to them, and go on in fresh ones."""

import asyncio
from dataclasses import replace

from temporalio.client import Client

from deploy.local import commands
from deploy.local.parts import ALL
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Command
from deploy.local.site import Site
from models.terms import RunKind
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.stack.scene import Lead
from tests.workflows.chains import executions_of

TEXTS = 8
_REPLIES = "SELECT count(*) FROM reply WHERE run_id = ANY(%s::uuid[])"
_ENDS = "SELECT DISTINCT outcome FROM run WHERE id = ANY(%s::uuid[])"


def _soon_full(site: Site) -> Command:
    """Temporal, asking for a fresh history after sixty events instead of thousands."""
    command = commands.temporal_server(site)
    setting = "limit.historyCount.suggestContinueAsNew=60"
    return replace(command, arguments=(*command.arguments, "--dynamic-config-value", setting))


@scenario(
    "F31",
    "Runs go on in fresh histories while people write to them again and again.",
    "no text is lost or counted twice, nothing is sent again",
    Kind.OWN,
    within=120.0,
)
async def fresh_histories_under_load(trial: Trial) -> None:
    (usual,) = (part for part in ALL if part.name == "temporal")
    async with trial.own_rig(more_parts=[replace(usual, command=_soon_full)]) as rig:
        leads = trial.leads(4, "faults_answered")
        run_ids = await trial.start(*leads)
        await trial.settled(*leads)
        await asyncio.gather(*(_asks_for_help(trial, lead) for lead in leads))
        await trial.until("every text is a reply", f"SELECT ({_REPLIES}) = {len(leads) * TEXTS}", run_ids)
        await asyncio.gather(*(rig.office.reply(lead.phone, "Yes, please call me") for lead in leads))
        ended = "SELECT bool_and(closed_at IS NOT NULL) FROM run WHERE id = ANY(%s::uuid[])"
        await trial.until("every run has ended", ended, run_ids)
        trial.expect("ends", await rig.ledger.rows(_ENDS, run_ids), [("replied",)])
        trial.expect("replies", await rig.ledger.rows(_REPLIES, run_ids), [(len(leads) * (TEXTS + 1),)])
        trial.expect("requests to send", [len(trial.calls(lead)) for lead in leads], [1] * len(leads))
        client = await Client.connect(f"{LOOPBACK}:{rig.stack.site.ports['temporal']}")
        for run_id in run_ids:
            histories = len(await executions_of(client, f"{RunKind.OUTREACH}/{run_id}"))
            trial.injected("continued in a fresh history", histories - 1)


async def _asks_for_help(trial: Trial, lead: Lead) -> None:
    for _ in range(TEXTS):
        await trial.rig.office.reply(lead.phone, "Liked “Hello”")
        await asyncio.sleep(0.3)
