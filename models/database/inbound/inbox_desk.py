"""Opening what came in, for the person who must decide what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs
from uuid import UUID

from sqlmodel import Session

from models.database.inbound.inbox import MAIL, InboundText
from models.database.tables.inbound import Inbox
from models.errors import UnknownRecord
from models.inbound_mail import InboundMail, read_mail
from models.sealing import KeyRing


@dataclass(frozen=True, slots=True)
class Opened:
    """One inbound request, unsealed. `text` or `mail` is set if it is one that could be read; `content` is all of it."""

    id: UUID
    source: str
    kind: str
    state: str
    at: datetime | None
    run_id: UUID | None
    content: str
    text: InboundText | None
    mail: InboundMail | None


def open_inbound(session: Session, ring: KeyRing, inbox_id: UUID, *, lock: bool = False) -> Opened:
    """Return what came in; locked against others who assign it, if asked.

    Raises:
        UnknownRecord: there is no such request.
        UnreadableSeal: its key is no longer on the ring.
    """
    row = session.get(Inbox, inbox_id, with_for_update=lock or None)
    if row is None:
        raise UnknownRecord(f"nothing with the id {inbox_id} came in")
    raw = ring.open(row.sealed_with, bytes(row.sealed_body))
    content = raw.decode(errors="replace")
    readable = row.state != "poison"
    message = text_of(raw) if row.kind == "sms" and readable else None
    mail = read_mail(content) if row.kind == MAIL and readable else None
    return Opened(row.id, row.source, row.kind, row.state, row.received_at, row.run_id, content, message, mail)


def text_of(raw: bytes) -> InboundText:
    """Return the SMS that a stored request is; incomplete if it does not say what it should."""
    fields = parse_qs(raw.decode(errors="replace"), keep_blank_values=True)

    def field(name: str) -> str:
        return fields.get(name, [""])[0].replace("\x00", "")

    return InboundText(field("MessageSid"), field("From").strip(), field("Body"), field("OptOutType") or None, raw)
