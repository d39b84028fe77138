"""Asking for the two reviews of a post, and whether they were given for this very wording."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import any_, func, literal
from sqlmodel import Session, col, or_, select

from models.approving import ROLE_FOR, ApprovalSubject, AskFor, Review, RiskClass, hash_of_audience, hash_of_items
from models.database import runs
from models.database.permission import approvals
from models.database.tables.approvals import Approval
from models.database.tables.people import Staff
from models.database.tables.portal import Post
from models.portal.posts import PostText
from models.terms import ApprovalState


def ask_both(
    session: Session,
    post: Post,
    text: PostText,
    author: str,
    risk: RiskClass,
    within: timedelta,
    reviewers: Mapping[Review, str] | None = None,
) -> None:
    """Ask for both reviews of a wording. The same wording again is the same request; another one supersedes it.

    `reviewers` are asked first; without them, the first by name who may decide.
    """
    run = runs.existing(session, post.run_id)
    for review in Review:
        wanted = AskFor(
            subject=ApprovalSubject.POST,
            subject_id=post.id,
            client_id=post.client_id,
            # A run that has ended waits for nothing, and would hide the request from those who decide.
            run_id=None if run.closed_at else run.id,
            items=text.items,
            audience_hash=hash_of_audience([str(post.client_id)]),
            review=review,
            risk=risk,
            approver=_asked(review, reviewers, author) or _first(session, review, post.client_id, author) or run.owner,
            delegate=run.escalation_owner,
            requested_by=author,
            last_editor=author,
            within=within,
        )
        approvals.ask(session, wanted)


def states(session: Session, post_id: UUID, text: PostText, *, lock: bool = False) -> dict[Review, ApprovalState]:
    """Return where each review of exactly this wording stands.

    With `lock` no decision is given until the transaction ends: what is published rests on what was read here.
    """
    query = select(Approval).where(
        col(Approval.subject) == ApprovalSubject.POST,
        col(Approval.subject_id) == post_id,
        col(Approval.content_hash) == hash_of_items(text.items),
        col(Approval.superseded_at).is_(None),
    )
    asked = session.exec(query.order_by(col(Approval.id)).with_for_update() if lock else query).all()
    found = {Review(approval.review): approvals.state_of(session, approval) for approval in asked}
    return {review: found.get(review, ApprovalState.WAITING) for review in Review}


def _asked(review: Review, reviewers: Mapping[Review, str] | None, author: str) -> str | None:
    """Return who is to be asked, unless that is the author: nobody reviews their own words."""
    named = (reviewers or {}).get(review)
    return named if named != author else None


def _first(session: Session, review: Review, client_id: UUID, author: str) -> str | None:
    """Return who is asked first: the first by name who may decide on it."""
    may = select(Staff.handle).where(
        col(Staff.active),
        col(Staff.handle) != author,
        literal(ROLE_FOR[review].value) == any_(col(Staff.roles)),
        or_(col(Staff.clients).is_(None), literal(client_id) == any_(col(Staff.clients))),
    )
    return session.exec(may.order_by(func.lower(Staff.handle)).limit(1)).first()
