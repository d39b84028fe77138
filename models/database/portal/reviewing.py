"""Asking for the two reviews of a post, and whether they were given for this very wording."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.permission import approvals
from models.database.tables.approvals import Approval, ApprovalItem
from models.database.tables.people import Staff
from models.database.tables.portal import Post
from models.event_kinds import EventKind
from models.portal.reviews import Review, RiskClass
from models.terms import ApprovalState, Role


def ask_both(session: Session, post: Post, content_hash: str, author: str, risk: RiskClass, within: timedelta) -> None:
    """Ask for both reviews of a wording. The same wording again is the same request; another one supersedes it."""
    people = _approvers(session, author)
    for number, review in enumerate(Review):
        approver = people[number % len(people)] if people else author
        _ask(session, post, review, content_hash, approver, author, within)


def states(session: Session, post_id: UUID, content_hash: str) -> dict[Review, ApprovalState]:
    """Return where each review of exactly this wording stands."""
    covering = approvals.hash_of_items([content_hash])
    found = {review: _current(session, post_id, review) for review in Review}
    return {
        review: approvals.state_of(session, approval)
        if approval is not None and approval.content_hash == covering
        else ApprovalState.WAITING
        for review, approval in found.items()
    }


def _ask(
    session: Session, post: Post, review: Review, content_hash: str, approver: str, author: str, within: timedelta
) -> None:
    current, covering = _current(session, post.id, review), approvals.hash_of_items([content_hash])
    if current is not None and current.content_hash == covering:
        return
    if current is not None:
        current.superseded_at = now(session)
    asked = Approval(
        subject=_subject(review),
        subject_id=post.id,
        client_id=post.client_id,
        content_hash=covering,
        approver=approver,
        requested_by=author,
        expires_at=now(session) + within,
    )
    session.add(asked)
    session.flush()
    session.add(ApprovalItem(approval_id=asked.id, content_hash=content_hash))
    about = Subject(approver, post.client_id, post.run_id)
    events.record(session, EventKind.APPROVAL_REQUESTED, Origin("comms", author), about, asked.subject)


def _current(session: Session, post_id: UUID, review: Review) -> Approval | None:
    query = select(Approval).where(
        col(Approval.subject) == _subject(review),
        col(Approval.subject_id) == post_id,
        col(Approval.superseded_at).is_(None),
    )
    return session.exec(query).first()


def _subject(review: Review) -> str:
    return f"post_{review}"


def _approvers(session: Session, author: str) -> list[str]:
    query = select(Staff).where(col(Staff.active), col(Staff.handle) != author).order_by(col(Staff.handle))
    return [one.handle for one in session.exec(query) if Role.APPROVER in one.roles]
