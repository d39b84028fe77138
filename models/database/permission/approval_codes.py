"""Single-use codes by which an approver decides from the Temporal UI: shown once, kept only as a keyed hash."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import Session

from models.approving import Refusal, Verdict
from models.database import events, staff
from models.database.engine import now
from models.database.events import Origin
from models.database.permission import approvals
from models.database.permission.approvals import refused, subject_of
from models.database.tables.approvals import Approval, ApprovalCode
from models.event_kinds import EventKind
from models.terms import DecisionChannel, DecisionKind

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
_SPEND = text(
    "UPDATE approval_code SET used_at = clock_timestamp() WHERE code_hash = :code AND used_at IS NULL "
    "AND expires_at > clock_timestamp() RETURNING approval_id, approver"
)
_ONLY_ONE = text("SELECT min(id::text) FROM approval WHERE run_id = :run AND superseded_at IS NULL HAVING count(*) = 1")


def issue_code(session: Session, approval: Approval, approver: str, key: bytes, lasts: timedelta) -> str:
    """Return a new single-use code by which `approver` can decide from the Temporal UI. It is stored only as a keyed hash."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    session.add(
        ApprovalCode(
            code_hash=_hashed(key, code), approval_id=approval.id, approver=approver, expires_at=now(session) + lasts
        )
    )
    events.record(session, EventKind.CODE_ISSUED, Origin("comms", approver), subject_of(approval))
    return code


def spend(session: Session, shown: str, key: bytes) -> Row[Any] | None:
    """Spend what was shown, if it is a valid code; return its `approval_id` and `approver`."""
    return session.execute(_SPEND, {"code": _hashed(key, shown)}).first()


def decide_by_code(
    session: Session, run_id: UUID, code: str, decision: DecisionKind, key: bytes, origin: Origin, principal: str = ""
) -> Verdict:
    """Decide by a code on whatever approval of this run it was issued for. It is spent by being shown, accepted or not.

    `principal` is whom the Temporal server has verified; whoever that is must be the one whose code it is.
    """
    spent = spend(session, code, key)
    if spent is None:
        return refused(session, _likely(session, run_id), Refusal.WRONG_CODE, origin, run_id)
    by = Origin(origin.source, spent.approver)
    approval = session.get_one(Approval, spent.approval_id)
    if approval.run_id != run_id:
        return refused(session, _likely(session, run_id), Refusal.WRONG_RUN, by, run_id)
    if principal and staff.of_principal(session, principal) != spent.approver:
        return refused(session, approval, Refusal.NOT_THEIR_CODE, by)
    where = DecisionChannel.TEMPORAL_UI
    return approvals.decide(session, approval.id, decision, approval.content_hash, by, where, principal=principal)


def decide_as_verified(
    session: Session, run_id: UUID, decision: DecisionKind, principal: str, origin: Origin
) -> Verdict:
    """Decide on the one approval of this run in the name of whoever the Temporal server has verified, without a code.

    What a client says of itself is never looked at: without a verified principal the attempt is refused.
    """
    approval = _likely(session, run_id)
    if not principal:
        return refused(session, approval, Refusal.NO_VERIFIED_IDENTITY, origin, run_id)
    handle = staff.of_principal(session, principal)
    if handle is None:
        return refused(session, approval, Refusal.UNKNOWN_IDENTITY, origin, run_id)
    by = Origin(origin.source, handle)
    if approval is None:
        return refused(session, None, Refusal.UNKNOWN_APPROVAL, by, run_id)
    where = DecisionChannel.TEMPORAL_UI
    return approvals.decide(session, approval.id, decision, approval.content_hash, by, where, principal=principal)


def _likely(session: Session, run_id: UUID) -> Approval | None:
    """Return the approval that a run waits for, if there is one only; else its own wording's, or None."""
    found = session.execute(_ONLY_ONE, {"run": run_id}).scalar_one_or_none()
    return session.get(Approval, UUID(found)) if found else approvals.of_run(session, run_id)


def _hashed(key: bytes, code: str) -> str:
    typed = "".join(character for character in code.upper() if character in CODE_ALPHABET)
    return hmac.new(key, typed.encode(), hashlib.sha256).hexdigest()
