"""What a decision comes to: what rests on it is released or held, what was published of it is hidden, lists are cleared."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.approving import ApprovalSubject, Review
from models.database import events
from models.database.engine import now
from models.database.events import Origin
from models.database.outbox import announce, announce_all
from models.database.portal import withdrawing
from models.database.tables.approvals import Approval
from models.terms import ApprovalState

ASK_TO_DECIDE = ("approval_waiting", "approval_delegated")
"""Tasks that say no more than the approval itself."""
TASKS = ("approval_overdue", *ASK_TO_DECIDE)
"""The tasks that a decision settles."""
_WAITING_FOR_IT = text(
    """
    SELECT DISTINCT m.run_id FROM message m JOIN approval_item i ON i.content_hash = m.approved_hash
    WHERE i.approval_id = :approval AND m.state = 'ready' AND m.reason = 'not_approved' ORDER BY m.run_id
    """
)
_RESTS_ON_IT = (
    "m.run_id = :run AND i.approval_id = :approval AND i.content_hash = m.approved_hash AND m.audience = 'contact'"
)
_RELEASE = text(
    f"UPDATE message m SET state = 'ready' FROM approval_item i WHERE m.state = 'planned' AND {_RESTS_ON_IT}"
)
_WITHDRAW = text(
    f"UPDATE message m SET state = 'planned' FROM approval_item i WHERE m.state = 'ready' AND {_RESTS_ON_IT}"
)


def take_effect(session: Session, approval: Approval, states: Mapping[Review, ApprovalState], by: Origin) -> None:
    """Release what rests on a decision once every review has passed, or hold what has not left; tell whoever waits.

    A post is hidden that was published on it. `states` are those of every review of its subject, this decision included.
    """
    if approval.run_id is not None:
        move = _RELEASE if set(states.values()) == {ApprovalState.APPROVED} else _WITHDRAW
        session.execute(move, {"run": approval.run_id, "approval": approval.id})
        announce(session, approval.run_id)
    elif approval.subject == ApprovalSubject.TEMPLATE:
        announce_all(session, session.execute(_WAITING_FOR_IT, {"approval": approval.id}).scalars().all())
    state = states[Review(approval.review)]
    if approval.subject == ApprovalSubject.POST and state is not ApprovalState.APPROVED:
        withdrawing.withdraw_unapproved(session, approval.subject_id, by)
    waits = state is ApprovalState.WAITING
    approval.watch_at = now(session) if waits else None
    if not waits:
        close_tasks(session, approval.id, by)


def close_tasks(session: Session, approval_id: UUID, by: Origin) -> None:
    """Take an approval off people's lists."""
    for kind in TASKS:
        events.close_tasks(session, kind, str(approval_id), by)
