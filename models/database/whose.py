"""Whose things are: the clients that something concerns, by the kind of thing and its id. Nothing here changes a row."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database.tables.people import Client


def of_client_in(scope: str) -> str:
    """Return SQL for the client inside which a scope lies; NULL for one that reaches into every client, such as a provider."""
    kind, rest = f"split_part({scope}, ':', 1)", f"split_part({scope}, ':', 2)"
    return f"""CASE WHEN {kind} IN ('client', 'channel') THEN CAST({rest} AS uuid)
        WHEN {kind} = 'run' THEN (SELECT r.client_id FROM run r WHERE r.id = CAST({rest} AS uuid)) END"""


_TABLES = {
    "approval": "approval",
    "contact": "client_contact",
    "draft": "draft",
    "event": "lead_event",
    "lead": "lead",
    "link": "portal_link",
    "message": "message",
    "post": "post",
    "report": "report",
    "run": "run",
}
"""Kinds of things whose row says to which client it belongs."""
_QUESTIONS = {kind: text(f"SELECT client_id FROM {table} WHERE id = :named") for kind, table in _TABLES.items()} | {
    "client": text("SELECT id FROM client WHERE key = :named"),
    "incident": text(
        "SELECT c.client_id FROM incident i LEFT JOIN incident_client c ON c.incident_id = i.id WHERE i.id = :named"
    ),
    # What came in is of those whose run or lead it was found to be about, or whose message it reports on.
    "inbox": text(
        """
        SELECT found.client_id FROM inbox i LEFT JOIN LATERAL (
            SELECT r.client_id FROM run r WHERE r.id = i.run_id
            UNION SELECT y.client_id FROM reply y WHERE y.inbox_id = i.id
            UNION SELECT e.client_id FROM lead_event e WHERE e.inbox_id = i.id
            UNION SELECT m.client_id FROM attempt a JOIN message m ON m.id = a.message_id WHERE a.token_hash = i.token_hash
        ) found ON true WHERE i.id = :named
        """
    ),
    # What reaches into every client concerns all of them.
    "pause": text(
        f"""
        SELECT c.id FROM pause p JOIN client c ON c.id = coalesce({of_client_in("p.scope")}, c.id) WHERE p.id = :named
        """
    ),
    "rule": text(
        "SELECT c.id FROM sending_rule s JOIN client c ON c.id = coalesce(s.client_id, c.id) WHERE s.id = :named"
    ),
    # Whoever was given a task may do it; one of no client is for those who work for all.
    "task": text(
        """
        SELECT CASE WHEN owner = :by THEN NULL ELSE client_id END FROM owner_task
        WHERE id = :named AND (owner = :by OR client_id IS NOT NULL)
        """
    ),
}
_OF_SCOPE = text(f"SELECT {of_client_in('CAST(:scope AS text)')}")


def clients_of(session: Session, kind: str, named: UUID | str | int, by: str) -> frozenset[UUID] | None:
    """Return the clients that a thing concerns: none if it is of no client; None if there is no such thing.

    Args:
        session: reads only.
        kind: what it is, such as `run`.
        named: its id; the key of a client.
        by: the handle of who asks.
    """
    rows = session.execute(_QUESTIONS[kind], {"named": named, "by": by}).scalars().all()
    return frozenset(row for row in rows if row is not None) if rows else None


def client_of_scope(session: Session, scope: str) -> UUID | None:
    """Return the client inside which a scope lies; None for one that reaches into every client."""
    found: UUID | None = session.execute(_OF_SCOPE, {"scope": scope}).scalar_one()
    return found


def lies_within(session: Session, scope: str, clients: Collection[UUID] | None) -> bool:
    """Return whether those who work for these clients (None: for all) may see a scope: of one of theirs, or of every client."""
    return clients is None or client_of_scope(session, scope) in {None, *clients}


def clients_among(session: Session, clients: Collection[UUID] | None) -> Sequence[Client]:
    """Return these clients (None: all), by name."""
    query = select(Client).order_by(col(Client.name))
    return session.exec(query if clients is None else query.where(col(Client.id).in_(clients))).all()
