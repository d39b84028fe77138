"""Two clients have the same lead; what the lead writes to one of them is not the other's."""

from dataclasses import replace

from tests.faults.scenario import scenario
from tests.faults.trial import Trial
from tests.stack.scene import CLIENT

OTHER = {**CLIENT, "key": "other-roofing", "name": "Other Roofing"}
_SENT = "SELECT count(*) = %s FROM message WHERE run_id::text = %s AND state = 'accepted'"
_OUTCOME = "SELECT outcome = %s FROM run WHERE id::text = %s"
_ANSWERED = "SELECT DISTINCT run_id::text FROM reply WHERE run_id::text = ANY(%s)"


@scenario(
    "F42", "A lead of two clients answers the text of one of them.", "that client's run ends by it, and the other's goes on"
)  # fmt: skip
async def a_lead_answers_one_of_them(trial: Trial) -> None:
    await trial.rig.office.ask("sales-ops", "POST", "/v1/clients", OTHER)
    leads = trial.leads(3, "faults_answered")
    theirs = await trial.start(*(replace(lead, client=OTHER["key"], sequence="faults_patient") for lead in leads))
    for run in theirs:
        await trial.until("the other client's text has left", _SENT, 1, run)
    ours = await trial.start(*leads)
    for lead, run in zip(leads, ours, strict=True):
        await trial.until("the first client's text has left, later", _SENT, 1, run)
        await trial.rig.office.reply(lead.phone, "Yes, please call me")
        trial.injected("answer to one of two clients")
    for run in ours:
        await trial.until("the run that was answered ends by it", _OUTCOME, "replied", run)
    answered = await trial.rig.ledger.rows(_ANSWERED, [*ours, *theirs])
    trial.expect("whose answer it is", {run for (run,) in answered}, set(ours))
    for run in theirs:
        await trial.until("the other client writes once more", _SENT, 2, run)
        await trial.until("and hears nothing", _OUTCOME, "no_response", run)
