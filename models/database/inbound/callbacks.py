"""News about one attempt from its provider, found by the token that travelled with the message."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject, TaskOrder
from models.database.sending.evidence import Finding, apply_evidence
from models.database.tables.ledger import Attempt
from models.event_kinds import EventKind

_SET_ASIDE = text("UPDATE inbox SET state = :state WHERE id = :id")


class Stray(NamedTuple):
    """What came in and takes no effect by itself: the state it is kept in, the task it becomes, and whose."""

    state: str
    task: str
    owner: str
    instruction: str


UNKNOWN_SENDER = Stray(
    "orphan",
    "inbound_unmatched",
    "sales-ops",
    "Nobody with this number is known. Read it (GET /v1/inbox/{id}), then assign it to a lead or a run; "
    "close the task if it concerns nobody.",
)
UNKNOWN_TOKEN = Stray(
    "orphan",
    "inbound_orphan",
    "engineer",
    "A provider reports about something that we do not know. Was a message sent past the ledger?",
)
UNREADABLE = Stray(
    "poison",
    "inbound_poison",
    "engineer",
    "A signed request could not be read. It is kept sealed; an incident owner can open it (GET /v1/inbox/{id}). "
    "Find out what has changed at the provider; with a release that can read it, `comms inbox retry`.",
)
UNSETTLED = Stray(
    "poison",
    "inbound_poison",
    "engineer",
    "A provider's report could not be taken in, however often it was tried; the relay's log has the errors. It is kept "
    "sealed; an incident owner can open it (GET /v1/inbox/{id}). Put the cause right, then `comms inbox retry`.",
)
UNSEALED = Stray(
    "poison",
    "inbound_poison",
    "engineer",
    "A report that may prove that a message left could not be unsealed while the ledger was compared with the providers. If "
    "its key is missing, put it back into COMMS_KEYS__SEALING, `comms inbox retry`, and compare again before the release.",
)
UNTAKEN = Stray(
    "poison",
    "inbound_poison",
    "engineer",
    "A received text could not be taken in; the worker's log has the error. It may be an opt-out: have an incident owner read "
    "it now (GET /v1/inbox/{id}). Put the cause right, then `comms inbox retry`.",
)


def apply_report(session: Session, hashed_token: str, finding: Finding, origin: Origin) -> bool:
    """Add what a provider says to the attempt whose token has this hash. Returns False if there is no such attempt."""
    found = select(Attempt.message_id, Attempt.fence).where(col(Attempt.token_hash) == hashed_token)
    named = session.exec(found).first()
    if named is None:
        return False
    apply_evidence(session, *named, finding, origin)
    return True


def set_aside(session: Session, inbox_id: UUID, stray: Stray, origin: Origin) -> None:
    """Give an inbound request that nothing belongs to, or that cannot be read, to a person."""
    session.execute(_SET_ASIDE, {"state": stray.state, "id": inbox_id})
    about = Subject(owner=stray.owner)
    events.record(session, EventKind.INBOUND_UNMATCHED, origin, about, stray.state, inbox=str(inbox_id))
    order = TaskOrder(stray.task, str(inbox_id), stray.instruction, {"inbox": str(inbox_id)})
    events.open_task(session, order, about, origin)
