"""Marks of decisions on rows: written with the decision, looked at wherever something rests on it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlmodel import Session

from models.approving import ApprovalSubject
from models.database.engine import DECISION_KEY
from models.database.permission.approval_standing import COUNTS
from models.decision_marks import Decided, altered, mark_of

DECISION = """
    jsonb_build_array(d.id, d.approval_id, d.content_hash, d.audience_hash, d.decision, d.approver, d.channel, d.principal,
        (extract(epoch FROM d.at) * 1000000)::bigint,
        coalesce((SELECT k.mark FROM decision_mark k WHERE k.decision_id = d.id), ''))
"""
"""Decision `d` with its mark, as `models.decision_marks.altered` reads it."""

OF_MESSAGE = f"""
    (SELECT coalesce(jsonb_agg({DECISION}), '[]') FROM approval_item i JOIN approval a ON a.id = i.approval_id
     JOIN decision d ON {COUNTS}
     WHERE i.content_hash = m.approved_hash AND a.superseded_at IS NULL
       AND (a.subject = '{ApprovalSubject.TEMPLATE}' OR a.run_id = m.run_id))
"""
"""Every decision that message `m` may rest on."""

_ONE = text(f"SELECT {DECISION} FROM decision d WHERE d.id = :id")
_OF_SUBJECT = text(
    f"""
    SELECT {DECISION} FROM approval a JOIN decision d ON {COUNTS}
    WHERE a.subject = :subject AND a.subject_id = :id AND a.superseded_at IS NULL
    """
)
_ALL = text(f"SELECT {DECISION} FROM decision d ORDER BY d.id")
_WITHOUT = text(
    f"SELECT {DECISION} FROM decision d WHERE NOT EXISTS (SELECT 1 FROM decision_mark k WHERE k.decision_id = d.id)"
)
_ADD = text("INSERT INTO decision_mark (decision_id, mark) VALUES (:id, :mark)")


def mark(session: Session, decision_id: int) -> None:
    """Mark a decision that was just written, in its own transaction."""
    _add(session, session.execute(_ONE, {"id": decision_id}).scalars().all())


def mark_earlier(session: Session) -> int:
    """Mark every decision that has no mark; return how many. For a person who knows them: they were made before marks were."""
    return _add(session, session.execute(_WITHOUT).scalars().all())


def count_unmarked(session: Session) -> int:
    """Return how many decisions have no mark."""
    return len(session.execute(_WITHOUT).all())


def are_genuine(session: Session, decisions: Iterable[list[Any]]) -> bool:
    """Return whether every decision carries its own mark. Asks the database nothing."""
    return not altered(_key(session), decisions)


def rests_on_altered(session: Session, subject: ApprovalSubject, subject_id: UUID) -> bool:
    """Return whether a decision that counts for a subject was altered, or written past the service."""
    found = session.execute(_OF_SUBJECT, {"subject": subject, "id": subject_id}).scalars()
    return not are_genuine(session, found)


def altered_in(connection: Connection) -> list[str] | None:
    """Return the ids of all decisions that do not carry their mark, for the audit; None if the key is not at hand."""
    key: bytes = connection.get_execution_options().get(DECISION_KEY, b"")
    if not key:
        return None
    return [str(decided.id) for decided in altered(key, connection.execute(_ALL).scalars())]


def _add(session: Session, rows: Sequence[list[Any]]) -> int:
    for *fields, _ in rows:
        decided = Decided(*fields)
        session.execute(_ADD, {"id": decided.id, "mark": mark_of(_key(session), decided)})
    return len(rows)


def _key(session: Session) -> bytes:
    key: bytes = session.get_bind().get_execution_options().get(DECISION_KEY, b"")
    return key
