"""What happened to a real run, as events of a simulation: the same again, so long after the start."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.errors import UnknownRecord
from models.simulating.order import LONGEST, ChosenEvent, Occurrence
from models.terms import DecisionKind

_RUN = text("SELECT requested_at, client_id FROM run WHERE id = :run")
_REPLIES = text("SELECT at, body FROM reply WHERE run_id = :run ORDER BY at")
_DECISIONS = text(
    """
    SELECT d.at, d.decision FROM decision d JOIN approval a ON a.id = d.approval_id
    WHERE a.subject = 'run' AND a.subject_id = :run ORDER BY d.id
    """
)
_FAILURES = text(
    """
    SELECT e.at, m.failure_class FROM event e JOIN message m ON m.id = e.message_id
    WHERE e.run_id = :run AND e.kind = 'delivery_failed' AND m.audience = 'contact' AND m.failure_class IS NOT NULL ORDER BY e.id
    """
)
_STOPS = text("SELECT at FROM event WHERE run_id = :run AND kind = 'stop_requested' ORDER BY id")
_PAUSES = text(
    """
    SELECT p.at, p.lifted_at - p.at AS lasted FROM pause p JOIN run r ON r.id = :run
    WHERE p.scope = 'client:' || r.client_id AND p.at BETWEEN r.requested_at AND coalesce(r.closed_at, clock_timestamp())
    ORDER BY p.at
    """
)


def events_of(session: Session, run_id: UUID) -> tuple[ChosenEvent, ...]:
    """Return the replies, decisions, failed deliveries, stops and pauses of its client that a run has seen, in order.

    Raises:
        UnknownRecord: there is no such run.
    """
    run = session.execute(_RUN, {"run": run_id}).first()
    if run is None:
        raise UnknownRecord(f"there is no run {run_id}")
    found = [event for at, event in _happened(session, run_id, run.requested_at) if at <= LONGEST]
    return tuple(sorted(found, key=lambda event: event.moment(run.requested_at)))


def _happened(session: Session, run_id: UUID, start: Any) -> Iterator[tuple[Any, ChosenEvent]]:
    def rows(query: Any) -> Any:
        return session.execute(query, {"run": run_id}).all()

    for row in rows(_REPLIES):
        if row.body.strip():
            yield row.at - start, ChosenEvent(kind=Occurrence.REPLY, after=row.at - start, says=row.body[:1600])
    for row in rows(_DECISIONS):
        if row.decision != DecisionKind.REVOKE:
            yield row.at - start, ChosenEvent(kind=Occurrence(row.decision), after=row.at - start)
    for row in rows(_FAILURES):
        kind = Occurrence.DELIVERY_FAILURE
        yield row.at - start, ChosenEvent(kind=kind, after=row.at - start, says=row.failure_class)
    for row in rows(_STOPS):
        yield row.at - start, ChosenEvent(kind=Occurrence.STOP, after=row.at - start)
    for row in rows(_PAUSES):
        yield row.at - start, ChosenEvent(kind=Occurrence.PAUSE, after=row.at - start, lasts=row.lasted)
