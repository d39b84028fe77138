"""What a run has left elsewhere: posts for the client, the hand-over to the CRM, the wording of its messages."""

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
