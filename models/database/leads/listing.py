"""Reading lead events: a page of them, and one with all that is known. Nothing here changes a row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.database.leads.answer_times import ANSWERED_AT

_EVENT = f"""
    SELECT e.id, e.way, e.source, e.kind, e.state, e.reasons, e.owner, e.occurred_at, e.received_at, e.age, e.is_test,
        e.source_event_id, e.source_lead_id, e.schema_version, e.contact, e.job, e.money, e.consent, e.attribution, e.market,
        e.thread, e.message, e.duplicate_of, e.inbox_id, e.lead_id, e.run_id, e.settled_by, e.settled_at,
        c.key AS client, a.account, coalesce(e.chosen_sequence, a.sequence) AS sequence,
        {ANSWERED_AT} AS answered_at, clock_timestamp() AS asked_at
    FROM lead_event e JOIN client c ON c.id = e.client_id JOIN source_account a ON a.id = e.source_account_id
"""
_ONE = text(f"{_EVENT} WHERE e.id = :id")
_OF_RUN = text(f"{_EVENT} WHERE e.run_id = :run ORDER BY e.received_at")
_PAGE = text(
    f"""
    {_EVENT}
    WHERE (CAST(:clients AS uuid[]) IS NULL OR e.client_id = ANY (:clients))
      AND (CAST(:state AS text) IS NULL OR e.state = :state)
      AND (CAST(:way AS text) IS NULL OR e.way = :way)
      AND (CAST(:before AS timestamptz) IS NULL OR (e.received_at, e.id) < (:before, CAST(:before_id AS uuid)))
    ORDER BY e.received_at DESC, e.id DESC LIMIT :limit
    """
)


def one(session: Session, event_id: UUID) -> RowMapping | None:
    """Return one event with its client and account, or None."""
    return session.execute(_ONE, {"id": event_id}).mappings().first()


def of_run(session: Session, run_id: UUID) -> list[RowMapping]:
    """Return the events that started or joined a run, oldest first."""
    return list(session.execute(_OF_RUN, {"run": run_id}).mappings())


def page(
    session: Session,
    limit: int,
    clients: Sequence[UUID] | None = None,
    state: str | None = None,
    way: str | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[RowMapping]:
    """Return events of these clients (None: all), newest first; those after the one received at `before` in that order."""
    moment, event_id = before or (None, None)
    where: dict[str, Any] = {"clients": clients, "state": state, "way": way, "limit": limit}
    return list(session.execute(_PAGE, where | {"before": moment, "before_id": event_id}).mappings())
