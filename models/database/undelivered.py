"""Leads that the CRM does not have yet: offered again beside their runs after an outage, and at last a person's.

The open `handoff_failed` tasks are the list of what was given up; whoever has put the reason right has them offered again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events, runs
from models.database.events import Origin, Subject, TaskOrder
from models.database.tables.handoffs import Handoff
from models.event_kinds import EventKind
from models.handoff import LONGEST_WAIT_OF_A_RUN

CRM = Origin("crm")
FAILED_TASK = "handoff_failed"
SWITCHED_OFF_TASK = "crm_switched_off"
"""While this task is open nothing is offered to the CRM."""
_GRACE = timedelta(seconds=30)
"""A short wait is the run's own; the worker comes after it, in case the run does not."""
_LEASE = timedelta(minutes=2)

_POSTPONE = text(
    """
    UPDATE handoff SET tries = tries + 1, last_error = :reason, next_try_at = clock_timestamp() + :wait
    WHERE id = :id AND state = 'prepared'
    """
)
_TAKE_DUE = text(
    """
    UPDATE handoff SET next_try_at = clock_timestamp() + :lease WHERE id IN (
        SELECT id FROM handoff WHERE state = 'prepared' AND next_try_at <= clock_timestamp()
        ORDER BY next_try_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)
_AGAIN = text(
    """
    UPDATE handoff SET state = 'prepared', tries = 0, next_try_at = clock_timestamp()
    WHERE run_id = :run AND state = 'given_to_person'
      AND EXISTS (SELECT 1 FROM run WHERE run.id = :run AND run.roll_back_requested_by IS NULL)
      AND EXISTS (SELECT 1 FROM undo WHERE undo.run_id = :run AND undo.step = 'handoff' AND undo.state = 'registered')
    """
)
_UNDELIVERED = text(
    """
    SELECT h.run_id, c.key AS client, r.owner, h.state, h.tries, h.last_error, h.prepared_at,
           CASE WHEN h.state = 'prepared' THEN h.next_try_at END AS next_try_at
    FROM handoff h JOIN run r ON r.id = h.run_id JOIN client c ON c.id = h.client_id
    JOIN undo u ON u.run_id = h.run_id AND u.step = 'handoff' AND u.state = 'registered'
    WHERE (CAST(:clients AS uuid[]) IS NULL OR h.client_id = ANY (:clients)) AND ((h.state = 'prepared' AND h.tries > 0)
       OR (h.state = 'given_to_person' AND EXISTS (
            SELECT 1 FROM owner_task t WHERE t.kind = :task AND t.subject = CAST(h.run_id AS text) AND t.closed_at IS NULL)))
    ORDER BY h.prepared_at LIMIT :limit
    """
)
_IS_OFF = text("SELECT EXISTS (SELECT 1 FROM owner_task WHERE kind = :kind AND closed_at IS NULL)")


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A lead that the CRM does not have. Without `next_try_at` it waits for a person, or for its run's next call."""

    run_id: UUID
    client: str
    owner: str
    state: str
    tries: int
    last_error: str
    prepared_at: datetime
    next_try_at: datetime | None


def undelivered(session: Session, clients: Sequence[UUID] | None = None, limit: int = 500) -> list[Undelivered]:
    """Return the leads of these clients (None: all) that wait for the CRM or are on a person's list, oldest first."""
    found = session.execute(_UNDELIVERED, {"clients": clients, "limit": limit, "task": FAILED_TASK})
    return [Undelivered(**row) for row in found.mappings()]


def offer_again(session: Session, run_id: UUID, origin: Origin) -> bool:
    """Have a lead that was given up offered to the CRM again, at once. Safe to repeat.

    Returns False if there is nothing to offer: the CRM has it, it is on its way, or it was taken back.
    The task stays open until the CRM has the lead.
    """
    run = runs.existing(session, run_id)
    if not session.execute(_AGAIN, {"run": run_id}).rowcount:  # type: ignore[attr-defined]
        return False
    events.record(session, EventKind.HANDOFF_ASKED_AGAIN, origin, runs.subject(run))
    return True


def postpone(session: Session, handoff: Handoff, reason: str, wait: timedelta) -> None:
    """Note a call that failed, and when the next one is due. A long wait is part of the story of the run."""
    is_long = wait > LONGEST_WAIT_OF_A_RUN
    due = {"id": handoff.id, "reason": reason, "wait": wait if is_long else wait + _GRACE}
    if session.execute(_POSTPONE, due).rowcount and is_long:  # type: ignore[attr-defined]
        about = runs.subject(runs.existing(session, handoff.run_id))
        events.record(session, EventKind.HANDOFF_POSTPONED, CRM, about, reason, seconds=int(wait.total_seconds()))


def take_due(session: Session, limit: int) -> list[UUID]:
    """Return handoffs that are due and keep them from other workers for two minutes."""
    return list(session.execute(_TAKE_DUE, {"limit": limit, "lease": _LEASE}).scalars())


def give_to_person(session: Session, handoff: Handoff, reason: str) -> None:
    """Note that the CRM does not get the lead by itself; the run's owner has a task."""
    handoff.state, handoff.next_try_at, handoff.last_error = "given_to_person", None, reason
    about = runs.subject(runs.existing(session, handoff.run_id))
    events.record(session, EventKind.HANDOFF_FAILED, CRM, about, reason)
    evidence: dict[str, Any] = {"why": reason, "again": f"comms hand-over {handoff.run_id}"}
    events.open_task(session, TaskOrder(FAILED_TASK, str(handoff.run_id), _ENTER, evidence), about, CRM)


def switch_off(session: Session, reason: str) -> None:
    """Offer the CRM nothing more until a person closes the task. Safe to repeat."""
    engineer = Subject(owner="engineer")
    if events.open_task(session, TaskOrder(SWITCHED_OFF_TASK, "crm", _SWITCH_ON, {"why": reason}), engineer, CRM):
        events.record(session, EventKind.CRM_SWITCHED_OFF, CRM, engineer, reason)


def is_switched_off(session: Session) -> bool:
    """Return whether nothing is to be offered to the CRM."""
    return bool(session.execute(_IS_OFF, {"kind": SWITCHED_OFF_TASK}).scalar_one())


_ENTER = "The CRM does not have this lead. Enter it by hand, or put the reason right and have it offered again."
_SWITCH_ON = (
    "The CRM has answered that it wants nothing more from us, and is offered nothing. Put the address or the agreement right, "
    "close this task, and have the leads of the open handoff_failed tasks offered again: comms handoffs."
)
