"""When one customer is asked: judged anew each time, and so that no location asks too many on one day."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events, runs
from models.database.engine import now
from models.database.events import Origin
from models.database.locks import lock_scope
from models.database.review_requests import jobs, standing
from models.database.tables.review_requests import FinishedJob, ReviewLocation
from models.event_kinds import EventKind
from models.review_requests import pacing
from models.review_requests.eligibility import judge
from models.review_requests.travelling import Turn
from models.terms import RunState

WORKFLOW = Origin("workflow")
_TAKEN = text(
    """
    SELECT day, count(*) AS written FROM (
        SELECT asked_on AS day FROM job
        WHERE location_id = :location AND asked_on >= :since AND id <> :job AND not_asked IS NULL
        UNION ALL
        SELECT reminded_on FROM job WHERE location_id = :location AND reminded_on >= :since AND id <> :job
    ) written GROUP BY day
    """
)


def take(session: Session, run_id: UUID) -> Turn:
    """Say from when a customer may be asked, by the rules as they stand now, and keep that place of the day for them.

    Safe to repeat; whoever comes too late for their day, because something has held them, gets a later one.
    """
    job = jobs.of_run(session, run_id)
    location = session.get_one(ReviewLocation, job.location_id)
    # Everybody of one location, one after the other: two must not both take the last place of a day.
    lock_scope(session, f"review pace:{location.id}")
    session.refresh(job)
    moment = now(session)
    verdict = judge(standing.known(session, job), moment, location.cool_down, location.ask_after)
    if verdict.not_asked is not None:
        refuse(session, job, verdict.not_asked)
        return Turn(not_asked=verdict.not_asked)
    if verdict.waits_for_complaint or verdict.ask_from is None:
        _delay(session, job, moment)
        return Turn(waits_for_complaint=True)
    placed = _place(session, job, location, verdict.ask_from)
    if placed > moment:
        _say_scheduled(session, run_id)
    return Turn(may_ask=placed <= moment, ask_from=placed.astimezone(UTC))


def take_to_remind(session: Session, run_id: UUID) -> Turn:
    """Say from when a customer may be reminded, and keep that place of the day: a reminder brings reviews as an ask does.

    Safe to repeat. Who was asked today has a place today: the first channel has reached nobody.
    """
    job = jobs.of_run(session, run_id)
    location = session.get_one(ReviewLocation, job.location_id)
    lock_scope(session, f"review pace:{location.id}")
    session.refresh(job)
    moment = now(session)
    today = pacing.day_of(moment, location.time_zone)
    if today not in (job.asked_on, job.reminded_on) and (job.remind_from is None or job.remind_from < moment):
        job.remind_from = _day_with_room(session, job, location, moment)
        job.reminded_on = pacing.day_of(job.remind_from, location.time_zone)
        session.flush()
    placed = max(moment, job.remind_from or moment)
    return Turn(may_ask=placed <= moment, ask_from=placed.astimezone(UTC))


def refuse(session: Session, job: FinishedJob, reason: str) -> None:
    """Keep why a customer is not asked, or no further. Safe to repeat; the first reason stays."""
    if job.not_asked is not None:
        return
    job.not_asked, job.asked_on = reason, None
    session.flush()
    about = runs.subject(runs.existing(session, job.run_id))
    events.record(session, EventKind.REVIEW_NOT_ASKED, WORKFLOW, about, reason)


def _delay(session: Session, job: FinishedJob, moment: datetime) -> None:
    if job.waits_since is None:
        job.waits_since, job.asked_on = moment, None
        session.flush()
        about = runs.subject(runs.existing(session, job.run_id))
        events.record(session, EventKind.REVIEW_DELAYED, WORKFLOW, about, "complaint_open")


def _say_scheduled(session: Session, run_id: UUID) -> None:
    if runs.existing(session, run_id).state != RunState.REQUESTED:  # planning is what ends that
        runs.move(session, run_id, RunState.SCHEDULED)


def _place(session: Session, job: FinishedJob, location: ReviewLocation, due: datetime) -> datetime:
    zone = location.time_zone
    kept = job.ask_from if job.asked_on is not None else None
    if kept is not None and kept >= due:
        return kept
    if kept is not None and job.asked_on == pacing.day_of(due, zone):  # its moment has come, on its day
        return due
    job.ask_from = _day_with_room(session, job, location, due)
    job.asked_on, job.waits_since = pacing.day_of(job.ask_from, zone), None
    session.flush()
    about = runs.subject(runs.existing(session, job.run_id))
    moment = job.ask_from.isoformat()
    events.record(session, EventKind.REVIEW_SCHEDULED, WORKFLOW, about, ask_from=moment, put_off=job.ask_from > due)
    return job.ask_from


def _day_with_room(session: Session, job: FinishedJob, location: ReviewLocation, due: datetime) -> datetime:
    zone = location.time_zone
    where = {"location": location.id, "since": pacing.day_of(due, zone), "job": job.id}
    taken = {row.day: row.written for row in session.execute(_TAKEN, where)}
    return pacing.turn(due, zone, taken, location.asks_per_day)
