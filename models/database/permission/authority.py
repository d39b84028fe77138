"""Who may decide, by their roles and clients as they are at this moment, not as they were when the approval was asked for."""

import hmac
from collections.abc import Sequence
from uuid import UUID

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
    staff, review = session.get(Staff, actor, populate_existing=True), Review(approval.review)
    handed_over = approval.delegated_at is not None and approval.delegate == actor
    if staff is None or not staff.active or not (ROLE_FOR[review] in staff.roles or handed_over):
        return _WITHOUT_ROLE[review]
    if staff.clients is not None and approval.client_id not in staff.clients:
        return Refusal.OTHER_CLIENT
    if approval.requested_by == actor:
        return Refusal.OWN_REQUEST
    return Refusal.OWN_EDIT if approval.last_editor == actor else None


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
