"""Reading one review request: the job, the run, and why it stands as it does. Nothing here changes a row."""

from uuid import UUID

from sqlmodel import Session

from models.database.explaining import rows
from models.database.explaining.runs import explain_run
from models.database.sending.facts import Rules
from models.errors import UnknownRecord
from models.explaining.reviews import ReviewStory, stage


def story(session: Session, run_id: UUID, rules: Rules) -> ReviewStory:
    """Return how a review request stands and why.

    Raises:
        UnknownRecord: there is no such run, or it is of another kind.
    """
    run = rows.run(session, run_id)
    if run is None or run.job is None:
        raise UnknownRecord(f"there is no review request {run_id}")
    job = run.job
    return ReviewStory(
        run_id=run_id,
        client=run.row["client"],
        job=job["job_id"],
        job_state=job["state"],
        stage=stage(run.row, job),
        outcome=run.row["outcome"],
        explanation=explain_run(session, run_id, rules),
        **{name: job[name] for name in _SHOWN},
    )


_SHOWN = (
    "location", "completed_at", "source", "reported_by", "reported_at", "not_asked", "waits_since", "ask_from", "sent",
    "clicked_at", "reviewed_at", "match_confidence",
)  # fmt: skip
