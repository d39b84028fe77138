"""Who is asked for a review: everybody whose job is done, whatever they may think of it.

No rule here knows a rating, a mood or a guess at either, because asking only the content is review gating:
https://support.google.com/contributionpolicy/answer/7400114 and 16 CFR 465. Staff and family are left out, because their
reviews would have to be disclosed: 16 CFR 465.5.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from models.frozen import Frozen

COOL_DOWN = timedelta(days=90)
"""A person is asked at most once in this time, for whatever job."""
ASKED_AFTER = timedelta(hours=2)
STALE_AFTER = timedelta(days=7)
"""A job further back than this is not asked about any more: the person has forgotten it."""


class JobState(StrEnum):
    """How a job ended."""

    COMPLETED = "completed"
    UNFINISHED = "unfinished"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class NotAsked(StrEnum):
    """Why a person is not asked. None of these says what the person may think."""

    JOB_NOT_COMPLETED = "job_not_completed"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    ASKED_FOR_THIS_JOB = "asked_for_this_job"
    ASKED_LATELY = "asked_lately"
    STAFF_OR_FAMILY = "staff_or_family"
    MINOR = "minor"
    TOO_LONG_AGO = "too_long_ago"


class Job(Frozen):
    """What is known of a job and its customer. Moments are aware."""

    state: JobState
    completed_at: datetime | None
    opted_out: bool = False
    has_consent: bool = False
    asked_for_this_job: bool = False
    last_asked_at: datetime | None = None
    is_staff_or_family: bool = False
    is_minor: bool = False
    complaint_open: bool = False
    """Something is being put right; the request waits for that, and comes all the same."""
    complaint_settled_at: datetime | None = None
    """When the last complaint was settled: the time it took does not make the job old."""
    is_scheduled: bool = False
    """A time for the request was fixed while the job was fresh; waiting for its turn does not make it stale."""


class Eligibility(Frozen):
    """Ask from `ask_from` on; or not, with the reason; or look again once the complaint is closed."""

    ask_from: datetime | None = None
    not_asked: NotAsked | None = None
    waits_for_complaint: bool = False


def judge(
    job: Job, now: datetime, cool_down: timedelta = COOL_DOWN, asked_after: timedelta = ASKED_AFTER
) -> Eligibility:
    """Say whether and from when a customer is asked. The first reason that stands decides.

    Args:
        job: what is known of it.
        now: aware.
        cool_down: how long a person is left alone after having been asked.
        asked_after: how long after the end of the job they are asked.
    """
    if job.state is not JobState.COMPLETED or job.completed_at is None:
        return Eligibility(not_asked=NotAsked.JOB_NOT_COMPLETED)
    reasons = {
        NotAsked.OPTED_OUT: job.opted_out,
        NotAsked.NO_CONSENT: not job.has_consent,
        NotAsked.ASKED_FOR_THIS_JOB: job.asked_for_this_job,
        NotAsked.ASKED_LATELY: job.last_asked_at is not None and now - job.last_asked_at < cool_down,
        NotAsked.STAFF_OR_FAMILY: job.is_staff_or_family,
        NotAsked.MINOR: job.is_minor,
    }
    if found := next((reason for reason, stands in reasons.items() if stands), None):
        return Eligibility(not_asked=found)
    if job.complaint_open:  # it delays and never excludes; so it is not asked how old the job has become either
        return Eligibility(waits_for_complaint=True)
    fresh_since = max(job.completed_at, job.complaint_settled_at or job.completed_at)
    if not job.is_scheduled and now - fresh_since > STALE_AFTER:
        return Eligibility(not_asked=NotAsked.TOO_LONG_AGO)
    return Eligibility(ask_from=max(now, job.completed_at + asked_after))
