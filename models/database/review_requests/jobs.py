"""Finished jobs, entered once each: the customer, what they permit, and the run that asks them; one transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.database import events, intake, runs
from models.database.engine import now
from models.database.events import Origin
from models.database.intake import Asked, Permission
from models.database.locks import lock_scope
from models.database.outbox import announce
from models.database.tables.copywriting import Sequence
from models.database.tables.people import Lead
from models.database.tables.review_requests import FinishedJob, ReviewLocation
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.review_requests.eligibility import JobState
from models.terms import RunKind, RunState

CUSTOMER = "finished_job"
"""The source of a lead that is the customer of a finished job."""
ROLLBACK_PATH = "what was not sent stays unsent; a sent request is answered by an approved correction"


@dataclass(frozen=True, slots=True)
class ReportedJob:
    """A job as somebody has told of it. Moments are aware."""

    job_id: str
    state: JobState
    completed_at: datetime | None
    source: str
    is_staff_or_family: bool = False
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a report. `known`: the job had been reported before; `changed`: and now stands otherwise."""

    run_id: UUID
    known: bool = False
    changed: bool = False


def take_in(
    session: Session,
    location: ReviewLocation,
    job: ReportedJob,
    customer: Lead,
    permissions: list[Permission],
    sequence: Sequence,
    owner: str | None,
    asked: Asked,
    origin: Origin,
) -> Taken:
    """Store a job with its customer and the run that asks them. A job that is known only changes its state.

    Raises:
        LostRace: another request with the same key was stored first; roll back and read what it stored.
    """
    # Two reports of one job at once must not both find it unknown.
    lock_scope(session, f"job:{location.client_id}:{job.job_id}")
    known = of_client(session, location.client_id, job.job_id)
    if known is not None:
        changed = change(session, known, job, origin)
        runs.join(session, known.run_id, asked.actor, asked.idempotency_key, asked.body_hash)
        return Taken(known.run_id, known=True, changed=changed)
    customer.client_id, customer.source, customer.source_lead_id = location.client_id, CUSTOMER, job.job_id
    customer.disposition, customer.occurred_at = "customer", job.completed_at
    kept = intake.keep_lead(session, customer)
    intake.record_permissions(session, kept, permissions, origin)
    run = Run(
        kind=RunKind.REVIEW_REQUEST,
        client_id=location.client_id,
        lead_id=kept.id,
        sequence_id=sequence.id,
        owner=owner or sequence.definition["owner"],
        escalation_owner=sequence.definition["escalation_owner"],
        requested_by=asked.actor,
        rollback_path=ROLLBACK_PATH,
        state=RunState.REQUESTED,
        trace_parent=asked.trace_parent,
    )
    run_id = runs.request(session, run, asked.actor, asked.idempotency_key, asked.body_hash)
    row = FinishedJob(
        client_id=location.client_id,
        location_id=location.id,
        job_id=job.job_id,
        lead_id=kept.id,
        run_id=run_id,
        state=job.state,
        completed_at=job.completed_at,
        is_staff_or_family=job.is_staff_or_family,
        is_minor=job.is_minor,
        source=job.source,
        reported_by=asked.actor,
    )
    session.add(row)
    session.flush()
    events.record(session, EventKind.JOB_REPORTED, origin, runs.subject(run), job.state, source=job.source)
    return Taken(run_id)


def change(session: Session, known: FinishedJob, job: ReportedJob, origin: Origin) -> bool:
    """Note that a job stands otherwise than reported before, and tell its run. Returns False if it does not.

    Who the customer is and when the job ended stay: their request may have been sent by that.
    """
    told = (job.state.value, known.is_staff_or_family or job.is_staff_or_family, known.is_minor or job.is_minor)
    if told == (known.state, known.is_staff_or_family, known.is_minor):
        return False
    known.state, known.is_staff_or_family, known.is_minor = told
    known.changed_at = now(session)
    session.flush()
    events.record(session, EventKind.JOB_CHANGED, origin, runs.subject(runs.existing(session, known.run_id)), job.state)
    announce(session, known.run_id)
    return True


def of_client(session: Session, client_id: UUID, job_id: str) -> FinishedJob | None:
    """Return a job by the client's own id, or None."""
    query = select(FinishedJob).where(col(FinishedJob.client_id) == client_id, col(FinishedJob.job_id) == job_id)
    return session.exec(query).first()


def of_run(session: Session, run_id: UUID) -> FinishedJob:
    """Return the job that a run asks about. Raises NoResultFound for a run of another kind."""
    return session.exec(select(FinishedJob).where(col(FinishedJob.run_id) == run_id)).one()
