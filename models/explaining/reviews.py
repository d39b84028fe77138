"""How a review request stands, in words: what it waits for, what holds it, why it ended. Pure."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field

from models.explaining.answers import RunExplanation, Step
from models.explaining.phrases import Row, at, words
from models.frozen import Frozen
from models.review_requests.eligibility import JobState, NotAsked
from models.review_requests.planning import Part, part_of
from models.review_requests.terms import ReviewOutcome, ReviewStage

WORKFLOW = "the workflow"
ENDS: dict[str, str] = {
    ReviewOutcome.REVIEWED: "a review was seen that answers it ({confidence} confidence: {why})",
    ReviewOutcome.EXPIRED: "the customer was asked, and no review, answer or complaint was observed in the time after it",
    ReviewOutcome.SUPPRESSED: "the customer is not asked{further}: {not_asked}",
    ReviewOutcome.CANCELLED: "the job is {state} after all",
    ReviewOutcome.FAILED: "no message reached the customer",
    ReviewOutcome.REPLIED_PRIVATE: "the customer replied{label}, so the automation ended and a person answers",
    ReviewOutcome.COMPLAINT_OPENED: "the customer complained{label}; it is on {escalation_owner}'s list",
    ReviewOutcome.NOT_APPROVED: "{decided}",
    ReviewOutcome.STOPPED: "{stopped_by} stopped it",
    ReviewOutcome.ROLLED_BACK: "{rolled_back_by} had it rolled back",
    ReviewOutcome.GIVEN_TO_PERSON: "it could not go on by itself, so it was given to {escalation_owner}",
}
NOT_ASKED: dict[str, str] = {
    NotAsked.JOB_NOT_COMPLETED: "the job is not completed",
    NotAsked.OPTED_OUT: "they have opted out",
    NotAsked.NO_CONSENT: "nothing permits an informational message to them",
    NotAsked.ASKED_FOR_THIS_JOB: "they were asked for this job already",
    NotAsked.ASKED_LATELY: "they were asked for another job within the cool-down of the location",
    NotAsked.STAFF_OR_FAMILY: "they are staff or family, whose reviews would have to be disclosed",
    NotAsked.MINOR: "they are a minor",
    NotAsked.TOO_LONG_AGO: "the job was reported too long after it was done",
    "no_channel": "no text may go through the channels that they permit",
}
_MATCHES = {
    "high": "the link was used, the name is the same, and it came within three days of that",
    "medium": "the name is the same, and it came within fourteen days of a message",
}


class ReviewStory(Frozen):
    """How a review request stands and why. What a review says, and how many stars it has, is not part of it."""

    run_id: UUID
    client: str
    location: str
    job: str = Field(description="The client's own id of it.")
    job_state: JobState
    completed_at: datetime | None
    source: str
    reported_by: str
    reported_at: datetime
    stage: ReviewStage | None = Field(description="Null once it has ended; then see `outcome`.")
    outcome: str | None
    not_asked: str | None = Field(description="Why the customer is not asked, or no further, as a code.")
    waits_since: datetime | None = Field(description="Since when it waits for a complaint to be settled.")
    ask_from: datetime | None = Field(description="When the customer's turn is, or was.")
    sent: int = Field(description="Messages that may have reached the customer; never more than two.")
    clicked_at: datetime | None = Field(description="When a person first used the link; programs are not counted.")
    reviewed_at: datetime | None
    match_confidence: str | None
    explanation: RunExplanation


def stage(run: Row, job: Row) -> ReviewStage | None:
    """Return where an open request stands; None if it has ended."""
    if run["closed_at"] is not None:
        return None
    reached = (
        (ReviewStage.CLICKED, job["clicked_at"] is not None),
        (ReviewStage.REMINDER_SENT, job["sent"] > 1),
        (ReviewStage.DELIVERED, job["delivered"]),
        (ReviewStage.SENT, job["sent"] > 0),
        (ReviewStage.WAITS_FOR_COMPLAINT, job["waits_since"] is not None),
        (ReviewStage.AWAITING_APPROVAL, run["state"] == "awaiting_approval"),
        (ReviewStage.SCHEDULED, job["ask_from"] is not None),
    )
    return next((name for name, holds in reached if holds), ReviewStage.ELIGIBLE)


def in_ending(job: Row) -> dict[str, str]:
    """Return what the sentences of `ENDS` show of a job."""
    reason = job["not_asked"] or ""
    confidence = job["match_confidence"] or ""
    return {
        "state": job["state"],
        "not_asked": NOT_ASKED.get(reason, words(reason)),
        "further": " again" if job["sent"] else "",
        "confidence": confidence,
        "why": _MATCHES.get(confidence, ""),
    }


def goes_on(job: Row) -> str | None:
    """Return what an open request waits for, if its job says more than its run."""
    if job["waits_since"] is not None and not job["sent"]:
        return (
            f"since {at(job['waits_since'])} a complaint of the customer is open; they are asked once it is settled, "
            "whatever comes of it"
        )
    if job["sent"]:
        seen = (
            f"the link was first used at {at(job['clicked_at'])}"
            if job["clicked_at"]
            else "nobody has used the link yet"
        )
        return f"{'the request and its reminder were' if job['sent'] > 1 else 'the request was'} sent, and {seen}"
    if job["ask_from"] is not None:
        return f"the customer's turn is at {at(job['ask_from'])}"
    return None


def course(job: Row, messages: list[Row], delays: dict[str, tuple[timedelta, timedelta]]) -> list[Step]:
    """Return what comes next in an open request by itself."""
    if job["waits_since"] is not None and not job["sent"]:
        return [
            Step(
                what="Its complaint is settled (the task is closed); then they are asked.",
                who="whoever has the complaint",
            )
        ]
    sent = [row for row in messages if row["accepted_at"] is not None and row["failure_class"] is None]
    waiting = next((row for row in messages if row["state"] in ("planned", "ready")), None)
    if not sent:
        return [Step(what="The customer is asked, after every check.", at=job["ask_from"], who=WORKFLOW)]
    steps = []
    newest = sent[-1]
    if waiting is not None and part_of(waiting["step"]) is Part.REMINDER:
        due = newest["accepted_at"] + delays.get(waiting["step"], (timedelta(0), timedelta(0)))[0]
        steps.append(Step(what=f"The one reminder, by {waiting['channel']}, is due.", at=due, who=WORKFLOW))
        return steps
    end = newest["accepted_at"] + delays.get(newest["step"], (timedelta(0), timedelta(0)))[1]
    return [Step(what="If no review was observed by then, it ends as expired.", at=end, who=WORKFLOW)]
