"""What was found in wording, for those who approve it or must put it right. Places and classes, never what was found."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.approving import ApprovalSubject
from models.database import wording
from models.database.permission import approval_desk
from models.database.sending.wording_of_message import audience_of
from models.database.tables.approvals import Approval
from models.database.tables.ledger import Message
from models.database.tables.runs import Run
from models.identity import content_hash
from models.wording import templates
from models.wording.audiences import Stage
from models.wording.findings import Finding


@dataclass(frozen=True, slots=True)
class FoundIn:
    """One finding in one of the texts of an approval."""

    step: str
    finding: Finding


def of_approval(session: Session, approval: Approval) -> list[FoundIn]:
    """Return what was found, when it was checked last, in every text that an approval covers."""
    client_id = None if approval.subject == ApprovalSubject.TEMPLATE else approval.client_id
    found = []
    for text in approval_desk.wording_of(session, approval):
        subject, body = text.subject, text.body
        if approval.subject == ApprovalSubject.TEMPLATE:
            subject, body = templates.shown(subject), templates.shown(body)
        found += [FoundIn(text.step, one) for one in newest(session, client_id, content_hash(subject, body))]
    return found


def of_message(session: Session, message: Message) -> tuple[Finding, ...]:
    """Return what is found in a message by the rules and businesses of now. Writes nothing."""
    kind = session.get_one(Run, message.run_id).kind
    audience = audience_of(session, message.client_id, message.content_hash, kind, message.channel)
    return wording.look_at(session, Stage.CLAIM, message.client_id, message.subject, message.body, audience).found


def newest(session: Session, client_id: UUID | None, content: str) -> tuple[Finding, ...]:
    """Return what the newest check of a text has found; nothing if it was never checked."""
    checks = wording.stored(session, client_id, content)
    return checks[0][1] if checks else ()
