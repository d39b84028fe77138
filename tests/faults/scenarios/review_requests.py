"""Review requests under faults: everybody is asked once, whatever becomes of the answer and of the news."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.faults.scenario import scenario
from tests.faults.trial import Trial

SPOILED = ("accept_then_reset", "half_answer", "garbage", "error_after")
_ASKED = "SELECT count(*) = %s FROM message WHERE run_id::text = ANY(%s) AND step LIKE 'ask%%' AND state = 'accepted'"
_SENT = "SELECT count(*) FROM event WHERE run_id::text = ANY(%s) AND kind = 'message_accepted'"


@scenario(
    "F56", "The answer to a review request is lost, all news of it comes twice, and its job is reported again.",
    "one request and one mail for each job, found out by event; known once", within=90,
)  # fmt: skip
async def asked_once(trial: Trial) -> None:
    side = await trial.client()
    leads = trial.leads(len(SPOILED), "faults_mail")
    for number in range(len(leads)):  # of one place only so many customers are asked on a day
        place = {"review_url": f"https://g.page/r/{number}/review", "google_name": f"accounts/1/locations/56{number}"}
        await trial.rig.office.ask("sales-ops", "PUT", f"/v1/clients/{side.key}/review-locations/place-{number}", place)
    jobs = [_job(side.key, number, lead.first_name, lead.email) for number, lead in enumerate(leads)]
    for lead, fault in zip(leads, SPOILED, strict=True):
        await trial.inject(lead, fault)
        await trial.inject(lead, "callbacks_doubled", times=None)
    runs = [await _reported(trial, job) for job in jobs]
    trial.addresses += [lead.email for lead in leads]
    trial.expect("runs of jobs reported again", [await _reported(trial, job) for job in jobs], runs)
    trial.injected("job reported again", len(jobs))
    await trial.until("every customer is asked", _ASKED, len(jobs), runs, within=60)
    for lead in leads:
        trial.expect("requests and acceptances", (len(trial.calls(lead)), trial.acceptances(lead)), (1, 1))
    trial.expect("known to be accepted", await trial.rig.ledger.rows(_SENT, runs), [(len(jobs),)])


def _job(client: str, number: int, name: str, email: str) -> dict[str, Any]:
    done = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    permitted = {"channel": "email", "kind": "informational", "source": "invoice", "evidence": f"job/{number}"}
    return {
        "client": client,
        "source": "field_service",
        "sequence": "faults_review",
        "job": {"id": f"job-{number}", "location": f"place-{number}", "completed_at": done},
        "customer": {"first_name": name, "last_name": "Faultsmith", "email": email},
        "consent": [permitted],
    }


async def _reported(trial: Trial, job: dict[str, Any]) -> str:
    answer = await trial.rig.office.ask(
        "sales-ops", "POST", "/v1/review-requests", job, {"Idempotency-Key": str(uuid4())}
    )
    return str(answer["run_id"])
