"""Rollbacks under faults: wherever the worker dies that takes a run back, each step ends once."""

from tests.faults.correspondence import OUTSIDE_A_TURN
from tests.faults.scenario import Kind, scenario
from tests.faults.trial import Trial

VICTIM, OTHER = "worker-2", "worker"
MOMENTS = ("U1", "U2", "U3")
"""Before an undo is done, after it was done, after its end was recorded."""
_HANDED_OVER = "SELECT count(*) = %s FROM run WHERE id = ANY(%s::uuid[]) AND outcome = 'replied'"
_TAKEN_BACK = "SELECT NOT EXISTS (SELECT 1 FROM undo WHERE run_id = ANY(%s::uuid[]) AND state = 'registered')"
_ENDS = "SELECT kind, state, count(*) FROM undo WHERE run_id = ANY(%s::uuid[]) GROUP BY kind, state ORDER BY kind"
_RECORDED = "SELECT count(*) FROM event WHERE run_id = ANY(%s::uuid[]) AND kind = 'undone'"


@scenario(
    "F57", "kill -9 of the worker that takes a run back, before a step is undone, after it, and after its end is recorded.",
    "goes on where it was: one recorded end for each step, and the CRM record is void once", Kind.ROUGH, within=150,
)  # fmt: skip
async def dies_while_it_takes_back(trial: Trial) -> None:
    leads = trial.leads(len(MOMENTS), "faults_answered")
    async with trial.alone():
        runs = await trial.start(*leads)
        await trial.settled(*leads, states={"accepted"})
        for lead in leads:
            await trial.rig.office.reply(lead.phone, "Yes, please call me")
        await trial.until("every lead is handed over", _HANDED_OVER, len(runs), runs, within=OUTSIDE_A_TURN)
        await trial.rig.stack.stop(OTHER)
        for moment, run in zip(MOMENTS, runs, strict=True):
            await trial.arm(VICTIM, **{moment: 1})
            await trial.rig.office.roll_back(run, "entered by mistake")
            await trial.until_seen(f"{VICTIM} dies at {moment}", lambda: not trial.rig.stack.running(VICTIM))
            trial.injected(f"failpoint in {VICTIM}")
    await trial.until("every step has its end", _TAKEN_BACK, runs, within=OUTSIDE_A_TURN)
    wanted = [("crm_handoff", "undone", len(runs)), ("sent_message", "not_undoable", len(runs))]
    trial.expect("ends of the steps", await trial.rig.ledger.rows(_ENDS, runs), wanted)
    trial.expect("recorded ends", await trial.rig.ledger.rows(_RECORDED, runs), [(2 * len(runs),)])
