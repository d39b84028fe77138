"""What is written to whoever may decide: the exact wording, a link to decide by, and a code for the Temporal UI."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.approval_nudges import Nudge
from models.database import runs
from models.database.engine import now
from models.database.permission import approval_codes, approval_desk, approval_links
from models.database.sealed_text import sealed
from models.database.tables.approvals import Approval
from models.database.tables.ledger import Message
from models.database.tables.people import Client, Staff
from models.errors import UnknownRecord
from models.identity import content_hash, message_id, workflow_id
from models.notices import ApprovalNotice
from models.sealing import KeyRing
from models.terms import PROVIDERS, Channel, MessageState, RunKind

NO_END = timedelta(days=7)
"""How long a notice is worth sending about what can be decided at any time."""


class ApprovalNotices:
    """Notices about approvals for which a run waits; they leave as its messages to staff.

    Args:
        ring: seals them, because they hold a code and a link.
        approval_key: keys the hash of codes.
        code_lasts: how long a code works.
        link_lasts: how long a link works.
    """

    def __init__(self, ring: KeyRing, approval_key: bytes, code_lasts: timedelta, link_lasts: timedelta) -> None:
        self._ring = ring
        self._approval_key = approval_key
        self._code_lasts = code_lasts
        self._link_lasts = link_lasts

    def is_planned(self, session: Session, run_id: UUID, step: str) -> bool:
        """Return whether a run has this notice."""
        found = select(Message.id).where(col(Message.run_id) == run_id, col(Message.step) == step)
        return session.exec(found).first() is not None

    def compose(self, session: Session, approval: Approval, to: str, why: Nudge, step: str) -> ApprovalNotice:
        """Return what to write to a member of staff, with a new code and a new link of their own."""
        if approval.run_id is None:
            raise UnknownRecord(f"no run waits for approval {approval.id}")
        run = runs.existing(session, approval.run_id)
        head = approval_desk.one(session, approval.id)
        token = approval_links.issue_link(session, approval, to, self._link_lasts)
        return ApprovalNotice(
            run_id=run.id,
            kind=RunKind(run.kind),
            approval_id=approval.id,
            why=why,
            step=step,
            address=session.get_one(Staff, to).email,
            code=approval_codes.issue_code(session, approval, to, self._approval_key, self._code_lasts),
            link=f"/a/{token}",
            title=(head["title"] if head else None) or f"{run.kind} {approval.subject}".replace("_", " "),
            client_name=session.get_one(Client, run.client_id).name,
            wording=tuple(_shown(text) for text in approval_desk.wording_of(session, approval)),
            decide_by=approval.expires_at or now(session) + NO_END,
        )

    def plan(self, session: Session, notice: ApprovalNotice, subject: str, body: str) -> None:
        """Store a notice as a message to a member of staff, sealed. Safe to repeat; the first one stays."""
        run = runs.existing(session, notice.run_id)
        key = f"{run.client_id}/{workflow_id(RunKind(run.kind), run.id)}/{notice.step}/1/email/staff"
        key_id, kept = sealed(self._ring, body)
        row = Message(
            id=message_id(key),
            client_id=run.client_id,
            run_id=run.id,
            send_key=key,
            step=notice.step,
            audience="staff",
            channel=Channel.EMAIL,
            provider=PROVIDERS[Channel.EMAIL],
            address=notice.address,
            address_hash=address_hash("staff", Channel.EMAIL, notice.address),
            subject=subject,
            body=kept,
            sealed_with=key_id,
            content_hash=content_hash(subject, body),
            state=MessageState.READY,
            expires_at=notice.decide_by,
        )
        session.execute(insert(Message).values(row.model_dump(exclude_none=True)).on_conflict_do_nothing())


def _shown(text: approval_desk.Wording) -> str:
    subject = f"Subject: {text.subject}\n" if text.subject else ""
    return f"[{text.channel}, step {text.step}]\n{subject}{text.body}"
