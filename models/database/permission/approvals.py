"""Approvals: a decision is a row, bound to a content hash, given by somebody who may give it.

The API, the command line and a code typed in the Temporal UI all end in `decide`. What is refused is an event, so that
an attempt is never silent, and the run is unharmed.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlmodel import Session, col, select

from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.outbox import announce, announce_all
from models.database.tables.approvals import Approval, ApprovalCode, ApprovalItem, Decision
from models.database.tables.people import Staff
from models.database.wording import RULE_VERSION
from models.event_kinds import EventKind
from models.terms import ApprovalState, DecisionChannel, DecisionKind, Role

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
RUN, TEMPLATE = "run", "template"


class Refusal(StrEnum):
    """Why a decision was not accepted. Recorded as an event; shown to whoever tried."""

    UNKNOWN_APPROVAL = "there is no such approval"
    NOT_AN_APPROVER = "only an active approver may decide"
    OWN_REQUEST = "whoever asked for an approval may not give it"
    WORDING_CHANGED = "the wording is not the one that was shown; read it again"
    SUPERSEDED = "a newer approval has replaced this one"
    EXPIRED = "the time to decide is over"
    WORDING_BLOCKED = "something was found in the wording that must not leave; it must be put right first"
    WRONG_CODE = "the code is wrong, used or expired; ask for a new one"
    WRONG_RUN = "the code belongs to another approval; it is now spent, ask for a new one"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a decision. `refusal` None means that it counts."""

    approval_id: UUID | None
    refusal: Refusal | None = None


def hash_of_items(hashes: list[str]) -> str:
    """Return the hash that covers all items of an approval, in their order (sha256, hex)."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def open_for_run(
    session: Session,
    run_id: UUID,
    client_id: UUID,
    hashes: list[str],
    approver: str,
    requested_by: str,
    within: timedelta,
) -> Approval:
    """Ask for approval of the exact wording of a run. The same wording again is the same request.

    Changed wording supersedes the earlier request, whose decisions then count no more.
    """
    covering = hash_of_items(hashes)
    current = of_run(session, run_id)
    if current is not None and current.content_hash == covering:
        return current
    if current is not None:
        current.superseded_at = now(session)
    approval = Approval(
        subject=RUN,
        subject_id=run_id,
        client_id=client_id,
        content_hash=covering,
        approver=approver,
        requested_by=requested_by,
        expires_at=now(session) + within,
    )
    _store(session, approval, hashes)
    return approval


def open_for_template(
    session: Session, template_id: UUID, content_hash: str, approver: str, requested_by: str
) -> Approval:
    """Ask for approval of one template version. It has no deadline."""
    approval = Approval(
        subject=TEMPLATE,
        subject_id=template_id,
        content_hash=hash_of_items([content_hash]),
        approver=approver,
        requested_by=requested_by,
    )
    _store(session, approval, [content_hash])
    return approval


def of_run(session: Session, run_id: UUID) -> Approval | None:
    """Return the valid approval request of a run, or None if the run needs none of its own."""
    query = select(Approval).where(
        col(Approval.subject) == RUN, col(Approval.subject_id) == run_id, col(Approval.superseded_at).is_(None)
    )
    return session.exec(query).first()


def state_of(session: Session, approval: Approval) -> ApprovalState:
    """Return where an approval stands; the newest decision counts."""
    newest = _newest(session, approval)
    if newest is not None:
        return ApprovalState.APPROVED if newest == DecisionKind.APPROVE else ApprovalState.REJECTED
    if approval.expires_at is not None and approval.expires_at <= now(session):
        return ApprovalState.EXPIRED
    return ApprovalState.WAITING


def decide(
    session: Session,
    approval_id: UUID,
    decision: DecisionKind,
    content_hash: str,
    by: Origin,
    channel: DecisionChannel,
    reason: str = "",
) -> Verdict:
    """Write a decision if it may be given; otherwise record the attempt. Repeating the newest decision changes nothing."""
    approval = session.get(Approval, approval_id, with_for_update=True, populate_existing=True)
    if approval is None:
        return _refused(session, None, Refusal.UNKNOWN_APPROVAL, by)
    refusal = _refusal(session, approval, decision, content_hash, by.actor)
    if refusal is not None:
        return _refused(session, approval, refusal, by)
    if _newest(session, approval) == decision:
        return Verdict(approval_id)
    values = {"content_hash": content_hash, "decision": decision.value, "approver": by.actor, "channel": channel.value}
    session.execute(insert(Decision).values(approval_id=approval_id, reason=reason, **values))
    events.record(session, EventKind.APPROVAL_DECIDED, by, _subject(approval), decision, approval=str(approval_id))
    if approval.subject == RUN:
        session.execute(_RELEASE if decision is DecisionKind.APPROVE else _WITHDRAW, {"run": approval.subject_id})
        announce(session, approval.subject_id)
    else:
        announce_all(session, session.execute(_WAITING_FOR_IT, {"approval": approval_id}).scalars().all())
    events.close_tasks(session, "approval_overdue", str(approval_id), by)
    return Verdict(approval_id)


def issue_code(session: Session, approval: Approval, approver: str, key: bytes, lasts: timedelta) -> str:
    """Return a new single-use code by which `approver` can decide from the Temporal UI. It is stored only as a keyed hash."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    session.add(
        ApprovalCode(
            code_hash=_hashed(key, code), approval_id=approval.id, approver=approver, expires_at=now(session) + lasts
        )
    )
    events.record(session, EventKind.CODE_ISSUED, Origin("comms", approver), _subject(approval))
    return code


def spend(session: Session, shown: str, key: bytes) -> Row[Any] | None:
    """Spend what was shown, if it is a valid code; return its `approval_id` and `approver`."""
    return session.execute(_SPEND, {"code": _hashed(key, shown)}).first()


def decide_by_code(
    session: Session, run_id: UUID, code: str, decision: DecisionKind, key: bytes, origin: Origin
) -> Verdict:
    """Decide on the approval of a run by a code. A valid code is spent by being shown, whether or not it is accepted."""
    spent = spend(session, code, key)
    approval = of_run(session, run_id)
    if spent is None:
        return _refused(session, approval, Refusal.WRONG_CODE, origin, run_id)
    by = Origin(origin.source, spent.approver)
    if approval is None or spent.approval_id != approval.id:
        return _refused(session, approval, Refusal.WRONG_RUN, by, run_id)
    return decide(session, approval.id, decision, approval.content_hash, by, DecisionChannel.TEMPORAL_UI)


_SPEND = text(
    "UPDATE approval_code SET used_at = clock_timestamp() WHERE code_hash = :code AND used_at IS NULL "
    "AND expires_at > clock_timestamp() RETURNING approval_id, approver"
)
_WAITING_FOR_IT = text(
    """
    SELECT DISTINCT m.run_id FROM message m JOIN approval_item i ON i.content_hash = m.approved_hash
    WHERE i.approval_id = :approval AND m.state = 'ready' AND m.reason = 'not_approved' ORDER BY m.run_id
    """
)
_BLOCKED = text(
    f"""
    SELECT EXISTS (SELECT 1 FROM approval_item i JOIN wording_check w ON w.content_hash = i.content_hash
                   WHERE i.approval_id = :approval AND w.verdict = 'block' AND w.rule_version = {RULE_VERSION})
    """
)
_RELEASE = text("UPDATE message SET state = 'ready' WHERE run_id = :run AND state = 'planned'")
_WITHDRAW = text(
    "UPDATE message SET state = 'planned' WHERE run_id = :run AND state = 'ready' AND audience = 'contact'"
)


def _newest(session: Session, approval: Approval) -> str | None:
    query = select(Decision.decision).where(col(Decision.approval_id) == approval.id)
    return session.exec(query.order_by(col(Decision.id).desc())).first()


def _refusal(
    session: Session, approval: Approval, decision: DecisionKind, content_hash: str, actor: str
) -> Refusal | None:
    staff = session.get(Staff, actor)
    if staff is None or not staff.active or Role.APPROVER not in staff.roles:
        return Refusal.NOT_AN_APPROVER
    if approval.requested_by == actor:
        return Refusal.OWN_REQUEST
    if not hmac.compare_digest(approval.content_hash, content_hash):
        return Refusal.WORDING_CHANGED
    if approval.superseded_at is not None:
        return Refusal.SUPERSEDED
    over = approval.expires_at is not None and approval.expires_at <= now(session)
    if over and decision is DecisionKind.APPROVE:  # saying no is never too late
        return Refusal.EXPIRED
    if decision is DecisionKind.APPROVE and session.execute(_BLOCKED, {"approval": approval.id}).scalar_one():
        return Refusal.WORDING_BLOCKED
    return None


def _refused(
    session: Session, approval: Approval | None, refusal: Refusal, by: Origin, run_id: UUID | None = None
) -> Verdict:
    about = _subject(approval) if approval else Subject(run_id=run_id)
    events.record(session, EventKind.APPROVAL_REFUSED, by, about, refusal.name.lower())
    return Verdict(approval.id if approval else None, refusal)


def _store(session: Session, approval: Approval, hashes: list[str]) -> None:
    session.add(approval)
    session.flush()
    session.execute(
        insert(ApprovalItem), [{"approval_id": approval.id, "content_hash": item} for item in dict.fromkeys(hashes)]
    )
    origin = Origin("comms", approval.requested_by)
    events.record(session, EventKind.APPROVAL_REQUESTED, origin, _subject(approval), approval.subject)


def _subject(approval: Approval) -> Subject:
    run_id = approval.subject_id if approval.subject == RUN else None
    return Subject(approval.approver, approval.client_id, run_id)


def _hashed(key: bytes, code: str) -> str:
    typed = "".join(character for character in code.upper() if character in CODE_ALPHABET)
    return hmac.new(key, typed.encode(), hashlib.sha256).hexdigest()
