"""Runs in a list: filtered, in pages, each with what it waits for and since when. Nothing here changes a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.database.permission.approval_standing import STATE
from models.terms import RunKind, RunState

_PAGE = text(
    """
    WITH page AS (
        SELECT r.id, r.kind, r.state, r.outcome, r.owner, r.escalation_owner, r.requested_at, r.closed_at, r.lead_id,
            r.stop_requested_by, r.roll_back_requested_by, r.away_until, c.key AS client, c.name AS client_name,
            s.title AS sequence, l.first_name, l.last_name
        FROM run r JOIN client c ON c.id = r.client_id LEFT JOIN sequence s ON s.id = r.sequence_id
            LEFT JOIN lead l ON l.id = r.lead_id
        WHERE (CAST(:clients AS uuid[]) IS NULL OR r.client_id = ANY (:clients))
          AND (CAST(:client AS text) IS NULL OR c.key = :client) AND (CAST(:kind AS text) IS NULL OR r.kind = :kind)
          AND (CAST(:state AS text) IS NULL OR r.state = :state) AND (NOT :open OR r.closed_at IS NULL)
          AND (CAST(:owner AS text) IS NULL OR r.owner = :owner)
          AND (NOT :needs_person OR EXISTS (SELECT 1 FROM owner_task t WHERE t.run_id = r.id AND t.closed_at IS NULL))
          AND (CAST(:words AS text) IS NULL OR CAST(r.id AS text) LIKE :words || '%' OR CAST(r.lead_id AS text) LIKE :words || '%'
               OR lower(l.source_lead_id) = :words
               OR (:by_name AND lower(l.first_name || ' ' || l.last_name) LIKE '%' || :words || '%'))
          AND (CAST(:before AS timestamptz) IS NULL OR (r.requested_at, r.id) < (:before, CAST(:before_id AS uuid)))
        ORDER BY r.requested_at DESC, r.id DESC LIMIT :limit)
    SELECT p.*, a.approver, a.requested_at AS asked_at, m.step, m.channel, m.reason, m.message_state, e.at AS moved_at,
        (SELECT count(*) FROM owner_task t WHERE t.run_id = p.id AND t.closed_at IS NULL) AS tasks
    FROM page p
    LEFT JOIN LATERAL (
        SELECT a.approver, a.requested_at FROM approval a WHERE a.subject = 'run' AND a.subject_id = p.id
            AND a.superseded_at IS NULL AND """
    + STATE
    + """ = 'waiting' ORDER BY a.requested_at LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT m.step, m.channel, m.reason, m.state AS message_state FROM message m
        WHERE m.run_id = p.id AND m.audience = 'contact' AND m.state NOT IN ('accepted', 'refused', 'suppressed', 'cancelled',
            'expired') ORDER BY m.state = 'planned', m.position LIMIT 1) m ON true
    LEFT JOIN LATERAL (SELECT max(e.at) AS at FROM event e WHERE e.run_id = p.id) e ON true
    ORDER BY p.requested_at DESC, p.id DESC
    """
)
_OWNERS = text(
    "SELECT DISTINCT owner FROM run WHERE CAST(:clients AS uuid[]) IS NULL OR client_id = ANY (:clients) ORDER BY 1"
)
_CLIENTS = text(
    "SELECT key, name FROM client WHERE CAST(:clients AS uuid[]) IS NULL OR id = ANY (:clients) ORDER BY name"
)
_WILD = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are wanted. `words` are looked for in ids of runs and leads and, if `by_name`, in names of leads."""

    client: str | None = None
    kind: RunKind | None = None
    state: RunState | None = None
    open: bool = False
    owner: str | None = None
    needs_person: bool = False
    words: str | None = None
    by_name: bool = False


def page(
    session: Session,
    wanted: Wanted,
    clients: Sequence[UUID] | None,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> list[RowMapping]:
    """Return runs, newest first; those that come after the run requested at `before` in that order.

    `clients` are those whose runs may be read; None for all.
    """
    moment, run_id = before or (None, None)
    where: dict[str, Any] = {
        "clients": clients if clients is None else list(clients),
        "client": wanted.client,
        "kind": wanted.kind,
        "state": wanted.state,
        "open": wanted.open,
        "owner": wanted.owner,
        "needs_person": wanted.needs_person,
        "words": wanted.words.strip().lower().translate(_WILD) if wanted.words else None,
        "by_name": wanted.by_name,
    }
    where |= {"before": moment, "before_id": run_id, "limit": limit}
    return list(session.execute(_PAGE, where).mappings())


def owners(session: Session, clients: Sequence[UUID] | None) -> list[str]:
    """Return who owns runs of these clients; None for all."""
    return list(session.execute(_OWNERS, {"clients": clients}).scalars())


def clients(session: Session, theirs: Sequence[UUID] | None) -> list[RowMapping]:
    """Return key and name of these clients; None for all."""
    return list(session.execute(_CLIENTS, {"clients": theirs}).mappings())
