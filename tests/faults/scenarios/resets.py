"""Every running workflow is set back to its first task; the rows, not the histories, say what has been done."""

import asyncio

from temporalio.client import Client

from deploy.local.ports import LOOPBACK
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial
from tests.workflows.chains import reset

_LATE = "SELECT count(*) FROM run WHERE id = ANY(%s::uuid[]) AND closed_at IS NULL"


@scenario(
    "F30",
    "Every running workflow is reset to its first task.",
    "nothing is sent again, and every run ends as its story says",
    Kind.ROUGH,
)
async def every_workflow_starts_over(trial: Trial) -> None:
    async with trial.alone():
        listening, doubtful, undecided = (
            trial.leads(6, "faults_answered"),
            trial.leads(2),
            trial.leads(2, "faults_approved"),
        )
        for lead in doubtful:
            await trial.inject(lead, "error_before")
        leads = (*listening, *doubtful, *undecided)
        run_ids = await trial.start(*leads)
        await trial.settled(*listening, *doubtful)
        before = [len(trial.calls(lead)) for lead in leads]
        client = await Client.connect(f"{LOOPBACK}:{trial.rig.stack.site.ports['temporal']}")
        workflows = [one.id async for one in client.list_workflows("ExecutionStatus = 'Running'")]
        await asyncio.gather(*(reset(client, workflow) for workflow in workflows))
        trial.injected("reset to the first task", len(workflows))
        await asyncio.gather(*(trial.rig.office.reply(lead.phone, "Yes, please call me") for lead in listening))
        mine = run_ids[: len(listening)]
        await trial.until("every answered run has ended", f"SELECT ({_LATE}) = 0", mine)
        trial.expect("requests to send", [len(trial.calls(lead)) for lead in leads], before)
        ended = await trial.rig.ledger.rows("SELECT DISTINCT outcome FROM run WHERE id = ANY(%s::uuid[])", mine)
        trial.expect("ends of those who answered", ended, [("replied",)])
