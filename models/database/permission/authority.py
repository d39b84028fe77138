"""Who may decide, by their roles and clients as they are at this moment, not as they were when the approval was asked for."""

import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session, col, select

from models.approving import ROLE_FOR, Refusal, Review
from models.database import wording
from models.database.engine import now
from models.database.review_requests import approving
from models.database.tables.approvals import Approval, ApprovalItem
from models.database.tables.people import Staff
from models.terms import DecisionKind

_WITHOUT_ROLE = {Review.OWNER: Refusal.NOT_AN_APPROVER, Review.PRIVACY: Refusal.NOT_A_PRIVACY_REVIEWER}


def refusal_of(
    session: Session, approval: Approval, decision: DecisionKind, content_hash: str, audience_hash: str, actor: str
) -> Refusal | None:
    """Return why `actor` may not decide so on what they were shown, or None if they may."""
    return who_may_not(session, approval, actor) or _too_late(session, approval, decision, content_hash, audience_hash)


def who_may_not(session: Session, approval: Approval, actor: str) -> Refusal | None:
    """Return why `actor` may not decide on this approval at all, or None if they may."""
    return of_staff(session.get(Staff, actor, populate_existing=True), approval)


def of_staff(staff: Staff | None, approval: Approval | Row[Any]) -> Refusal | None:
    """Return why a member of staff may not decide on this approval at all, or None if they may."""
    review = Review(approval.review)
    if staff is None or not staff.active:
        return _WITHOUT_ROLE[review]
    handed_over = approval.delegated_at is not None and approval.delegate == staff.handle
    if ROLE_FOR[review] not in staff.roles and not handed_over:
        return _WITHOUT_ROLE[review]
    if staff.clients is not None and approval.client_id not in staff.clients:
        return Refusal.OTHER_CLIENT
    if approval.requested_by == staff.handle:
        return Refusal.OWN_REQUEST
    return Refusal.OWN_EDIT if approval.last_editor == staff.handle else None


def is_of_theirs(session: Session, approval: Approval, actor: str) -> bool:
    """Return whether `actor` may read what an approval is about: it is of a client that they work for."""
    staff = session.get(Staff, actor)
    return staff is not None and (staff.clients is None or approval.client_id in staff.clients)


def _too_late(
    session: Session, approval: Approval, decision: DecisionKind, content_hash: str, audience_hash: str
) -> Refusal | None:
    if not hmac.compare_digest(approval.content_hash, content_hash):
        return Refusal.WORDING_CHANGED
    if not hmac.compare_digest(approval.audience_hash, audience_hash):
        return Refusal.AUDIENCE_CHANGED
    if approval.superseded_at is not None:
        return Refusal.SUPERSEDED
    over = approval.expires_at is not None and approval.expires_at <= now(session)
    if over and decision is DecisionKind.APPROVE:  # saying no is never too late
        return Refusal.EXPIRED
    if decision is DecisionKind.APPROVE and approving.is_forbidden(session, approval):
        return Refusal.REVIEW_WORDING
    if decision is DecisionKind.APPROVE and wording.blocked(
        session, approval.client_id, items_of(session, approval.id)
    ):
        return Refusal.WORDING_BLOCKED
    return None


def items_of(session: Session, approval_id: UUID) -> Sequence[str]:
    """Return the content hashes that an approval covers."""
    covered = select(ApprovalItem.content_hash).where(col(ApprovalItem.approval_id) == approval_id)
    return session.exec(covered).all()
