"""What a run has left elsewhere: posts for the client, the hand-over to the CRM, the wording of its messages."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

_POSTS = text(
    """
    SELECT p.id, p.kind, p.state, p.published_at, p.withdrawn_at, v.title FROM post p
    JOIN post_version v ON v.post_id = p.id AND v.version = p.version WHERE p.run_id = :run ORDER BY p.created_at
    """
)
_HANDOFF = text(
    "SELECT state, deal_id, contact_id, prepared_at, accepted_at, voided_at, tries, last_error, next_try_at FROM handoff "
    "WHERE run_id = :run"
)
_WORDING = text(
    "SELECT id, subject, CASE WHEN sealed_with IS NULL THEN body END AS body FROM message WHERE run_id = :run"
)
_BEHIND = text(
    """
    SELECT CAST(id AS text) AS named, id AS run FROM run WHERE id = ANY (CAST(:ids AS uuid[]))
    UNION ALL SELECT CAST(id AS text), run_id FROM message WHERE id = ANY (CAST(:ids AS uuid[]))
    """
)
_AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LEFT_BY = text(
    """
    SELECT DISTINCT m.channel FROM undo u JOIN message m ON m.id = CAST(CASE u.kind WHEN 'sent_message' THEN u.about END AS uuid)
    WHERE u.run_id = :run AND u.state = 'not_undoable' ORDER BY m.channel DESC
    """
)
_NAME = text("SELECT first_name || ' ' || last_name FROM lead WHERE id = :lead")


def posts(session: Session, run_id: UUID) -> list[RowMapping]:
    """Return the posts of a run, oldest first."""
    return list(session.execute(_POSTS, {"run": run_id}).mappings())


def handoff(session: Session, run_id: UUID) -> RowMapping | None:
    """Return how the hand-over to the CRM stands, if there is one."""
    return session.execute(_HANDOFF, {"run": run_id}).mappings().first()


def wording(session: Session, run_id: UUID) -> dict[UUID, RowMapping]:
    """Return subject and text of the messages of a run; no text of one that holds a secret."""
    return {row["id"]: row for row in session.execute(_WORDING, {"run": run_id}).mappings()}


def name_of(session: Session, lead_id: UUID) -> str:
    """Return the name of a lead; empty if it is not known."""
    found: str = session.execute(_NAME, {"lead": lead_id}).scalar_one()
    return found.strip()


def left_by(session: Session, run_id: UUID) -> list[str]:
    """Return the channels by which something has left that cannot be recalled."""
    return list(session.execute(_LEFT_BY, {"run": run_id}).scalars())


def runs_behind(session: Session, named: Iterable[str]) -> dict[str, UUID]:
    """Return the run behind each of these texts that is the id of a run or of a message."""
    ids = [one for one in named if _AN_ID.fullmatch(one)]
    return {row.named: row.run for row in session.execute(_BEHIND, {"ids": ids})}
