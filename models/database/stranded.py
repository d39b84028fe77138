"""Open runs that Temporal does not carry: their workflow is gone, or it refuses for good to start one."""

from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from models.database import events, runs
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.outbox import Announcement
from models.terms import OutreachOutcome

RELAY = Origin("relay")
GONE_TASK, REFUSED_TASK = "workflow_gone", "start_refused"


def workflow_gone(engine: Engine, announcement: Announcement) -> bool:
    """Close an open run whose workflow is gone if a person asked for its end; else give it to a person.

    Returns False if the run is closed now; then its news is told again, the way a closed run's news is: what is to be
    rolled back is.
    """
    with transaction(engine) as session:
        if _is_closed(session, announcement.run_id):
            return False
        events.open_task(session, TaskOrder(GONE_TASK, str(announcement.run_id), _GONE), _about(announcement), RELAY)
        return True


def start_refused(engine: Engine, announcement: Announcement, code: str) -> None:
    """Give a run that Temporal refuses for good to a person, once; close it if it is no longer wanted."""
    with transaction(engine) as session:
        if announcement.purpose != "start" or not _is_closed(session, announcement.run_id):
            order = TaskOrder(REFUSED_TASK, str(announcement.run_id), _REFUSED, {"code": code})
            events.open_task(session, order, _about(announcement), RELAY)


def no_longer_refused(engine: Engine, announcement: Announcement) -> None:
    """Close the task of a start that was refused once and is accepted now."""
    with transaction(engine) as session:
        events.close_tasks(session, REFUSED_TASK, str(announcement.run_id), RELAY)


def _is_closed(session: Session, run_id: UUID) -> bool:
    """Return whether a run is closed; close it now if that was asked for, since no workflow will."""
    run = runs.locked(session, run_id)
    if run.closed_at is not None:
        return True
    if run.stop_requested_by is None and run.roll_back_requested_by is None:
        return False
    runs.close(session, run_id, OutreachOutcome.STOPPED, RELAY)
    for kind in (GONE_TASK, REFUSED_TASK):
        events.close_tasks(session, kind, str(run_id), RELAY)
    return True


def _about(announcement: Announcement) -> Subject:
    return Subject(announcement.owner, announcement.client_id, announcement.run_id)


_GONE = (
    "This run is open but its workflow has ended or was terminated. Nothing more is sent. "
    "Stop it, or roll it back; then start the lead again."
)
_REFUSED = (
    "The workflow server refuses this run for good; the code below says why. An engineer must put that right. "
    "It is tried again every ten minutes; stop the run if it is no longer wanted."
)
