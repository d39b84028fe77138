"""Reading what an approver decides on: what waits, and the exact wording. Nothing here changes a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, text
from sqlmodel import Session, col, select

from models.addresses import masked
from models.approving import ApprovalSubject, hash_of_items
from models.database.incidents import resuming
from models.database.permission.approval_standing import DECIDED_AT, STATE
from models.database.portal import versions
from models.database.tables.approvals import Approval, ApprovalItem
from models.database.tables.copywriting import Template
from models.database.tables.ledger import Message
from models.database.tables.people import Staff
from models.database.tables.runs import Run
from models.terms import ConsentKind

PORTAL = "portal"
"""Through which channel a post reaches a client."""
_HEAD = f"""
    SELECT a.id, a.client_id, a.subject, a.subject_id, a.run_id, a.review, a.risk, a.approver, a.delegate, a.requested_by,
        a.last_editor,
        a.requested_at, a.expires_at, a.delegated_at, c.key AS client,
        coalesce(v.title, s.title, t.key || ' v' || t.version, 'Resume after: ' || i.title) AS title, l.first_name AS whom,
        {DECIDED_AT} AS decided_at, coalesce({DECIDED_AT}, clock_timestamp()) - a.requested_at AS took
    FROM approval a LEFT JOIN client c ON c.id = a.client_id
        LEFT JOIN run r ON r.id = a.run_id LEFT JOIN sequence s ON s.id = r.sequence_id
        LEFT JOIN lead l ON a.subject = 'run' AND l.id = r.lead_id
        LEFT JOIN template t ON a.subject = 'template' AND t.id = a.subject_id
        LEFT JOIN incident i ON a.subject = 'resume' AND i.id = a.subject_id
        LEFT JOIN post p ON a.subject = 'post' AND p.id = a.subject_id
        LEFT JOIN post_version v ON v.post_id = p.id AND v.version = p.version
"""
_WAITING = text(
    f"""
    {_HEAD}
    WHERE a.superseded_at IS NULL AND r.closed_at IS NULL AND {STATE} = 'waiting'
      AND (CAST(:clients AS uuid[]) IS NULL OR a.client_id = ANY (:clients))
    ORDER BY a.expires_at NULLS LAST, a.requested_at LIMIT 500
    """
)
_ONE = text(f"{_HEAD} WHERE a.id = :approval")

_ATTEMPTS = text(
    """
    SELECT at, actor, source AS through, reason AS refusal FROM event
    WHERE kind = 'approval_refused' AND facts ->> 'approval' = CAST(:approval AS text) ORDER BY id DESC LIMIT 200
    """
)
_DECISIONS = text(
    """
    SELECT at, approver, decision, channel AS through, principal, reason FROM decision WHERE approval_id = :approval ORDER BY id
    """
)


@dataclass(frozen=True, slots=True)
class Wording:
    """One text that an approval covers, exactly as it would leave (or, for a template, as it is stored)."""

    step: str
    channel: str
    to: str
    subject: str
    body: str
    consent_needed: str
    expires_at: datetime | None = None


def waiting(session: Session, reader: str | None = None) -> list[RowMapping]:
    """Return the approvals that nobody has decided on, the most urgent first: of the clients of a reader, or all."""
    return [row._mapping for row in waiting_rows(session, reader)]


def waiting_rows(session: Session, reader: str | None = None) -> Sequence[Row[Any]]:
    """Return the same with the columns as attributes, as `authority.of_staff` reads them."""
    clients = None if reader is None else session.get_one(Staff, reader).clients
    return session.execute(_WAITING, {"clients": clients}).all()


def one(session: Session, approval_id: UUID) -> RowMapping | None:
    """Return one approval, or None."""
    return session.execute(_ONE, {"approval": approval_id}).mappings().first()


def decisions(session: Session, approval_id: UUID) -> list[RowMapping]:
    """Return every decision that was allowed, oldest first."""
    return list(session.execute(_DECISIONS, {"approval": approval_id}).mappings())


def attempts(session: Session, approval_id: UUID) -> list[RowMapping]:
    """Return every attempt to decide that was refused, newest first, with its reason."""
    return list(session.execute(_ATTEMPTS, {"approval": approval_id}).mappings())


def has_ended(session: Session, approval: Approval) -> bool:
    """Return whether a decision changes nothing any more, because the run it is about has ended."""
    run = session.get(Run, approval.run_id) if approval.run_id is not None else None
    return run is not None and run.closed_at is not None


def wording_of(session: Session, approval: Approval) -> list[Wording]:
    """Return every text that an approval covers, in the order of the steps; recipients are masked. Empty if none is kept."""
    return READERS[ApprovalSubject(approval.subject)](session, approval)


def _of_template(session: Session, approval: Approval) -> list[Wording]:
    template = session.get_one(Template, approval.subject_id)
    rung = ConsentKind(template.consent_needed).name.lower()
    return [Wording(template.key, template.channel, "", template.subject, template.body, rung)]


def _of_messages(session: Session, approval: Approval) -> list[Wording]:
    covered = select(ApprovalItem.content_hash).where(col(ApprovalItem.approval_id) == approval.id)
    planned = select(Message).where(
        col(Message.run_id) == approval.run_id,
        col(Message.audience) == "contact",
        col(Message.occurrence) == 1,
        col(Message.approved_hash).in_(covered),
    )
    return [
        Wording(
            step=message.step,
            channel=message.channel,
            to=masked(message.address),
            subject=message.subject,
            body=message.body,
            consent_needed=ConsentKind(message.consent_needed).name.lower(),
            expires_at=message.expires_at,
        )
        for message in session.exec(planned.order_by(col(Message.position)))
    ]


def _of_post(session: Session, approval: Approval) -> list[Wording]:
    post = versions.existing(session, approval.subject_id)
    texts = [versions.text_of(post, one) for one in versions.all_of(session, post)]
    covered = [text for text in texts if hash_of_items(text.items) == approval.content_hash]
    return [Wording(text.kind, PORTAL, "", text.title, text.whole, "") for text in covered[:1]]


def _of_resume(session: Session, approval: Approval) -> list[Wording]:
    shown = resuming.asked_for(session, approval.subject_id)
    return [Wording(scope, "", "", f"Resume {scope}", words, "") for scope, words in shown]


READERS: dict[ApprovalSubject, Callable[[Session, Approval], list[Wording]]] = {
    ApprovalSubject.RUN: _of_messages,
    ApprovalSubject.TEMPLATE: _of_template,
    ApprovalSubject.POST: _of_post,
    ApprovalSubject.RESUME: _of_resume,
    ApprovalSubject.CORRECTION: _of_messages,
}
"""Who knows the wording of each subject."""
