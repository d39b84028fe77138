"""Links that lead an approver to what they decide on. A link is a pointer: only a signed-in session shows who decides."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from models.approving import Refusal, Verdict
from models.database import events
from models.database.engine import now
from models.database.events import Origin
from models.database.permission import approvals
from models.database.permission.approvals import refused, subject_of
from models.database.tables.approvals import Approval, ApprovalLink
from models.event_kinds import EventKind
from models.terms import DecisionChannel, DecisionKind

TOKEN_BYTES = 32
AT_MOST = timedelta(hours=72)
_SPEND = text(
    "UPDATE approval_link SET used_at = clock_timestamp() WHERE token_hash = :token AND used_at IS NULL "
    "AND expires_at > clock_timestamp() RETURNING 1"
)


def issue_link(session: Session, approval: Approval, approver: str, lasts: timedelta) -> str:
    """Return the token (256 random bits) of a new link for `approver`. Only its hash is stored.

    It is good for one decision on this wording and audience, for `lasts` at most, and no longer than the approval.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends = now(session) + min(lasts, AT_MOST)
    session.add(
        ApprovalLink(
            token_hash=_hashed(token),
            approval_id=approval.id,
            approver=approver,
            content_hash=approval.content_hash,
            audience_hash=approval.audience_hash,
            expires_at=ends if approval.expires_at is None else min(ends, approval.expires_at),
        )
    )
    session.flush()
    events.record(session, EventKind.LINK_ISSUED, Origin("comms", approver), subject_of(approval))
    return token


def find(session: Session, token: str) -> ApprovalLink | None:
    """Return the link of this token, whatever has become of it, or None. Changes nothing."""
    return session.get(ApprovalLink, _hashed(token))


def state_of(session: Session, link: ApprovalLink) -> Refusal | None:
    """Return why a link leads nowhere any more, or None if it can still be used."""
    if link.used_at is not None:
        return Refusal.LINK_USED
    if session.get_one(Approval, link.approval_id).superseded_at is not None:
        return Refusal.SUPERSEDED
    return Refusal.LINK_EXPIRED if link.expires_at is None or link.expires_at <= now(session) else None


def decide_by_link(session: Session, link: ApprovalLink, decision: DecisionKind, by: Origin, reason: str) -> Verdict:
    """Decide once, as the signed-in person whom the link was sent to. It is used up even if the decision is refused."""
    approval = session.get_one(Approval, link.approval_id)
    if link.approver != by.actor:
        return refused(session, approval, Refusal.NOT_THEIR_LINK, by)
    if session.execute(_SPEND, {"token": link.token_hash}).first() is None:
        session.refresh(link)
        return refused(session, approval, Refusal.LINK_USED if link.used_at else Refusal.LINK_EXPIRED, by)
    return approvals.decide(
        session, approval.id, decision, link.content_hash, by, DecisionChannel.WEB_LINK, reason, link.audience_hash
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
