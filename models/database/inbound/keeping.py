"""Keeping a reply: for the run it answers, for the others that it ends, and for the person who answers it."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.events import Origin
from models.database.inbound.answering import ask_to_answer
from models.database.inbound.correspondents import Correspondent
from models.database.inbound.reply_effects import KEEP_AUTOMATION, ReadReply
from models.database.outbox import announce
from models.database.tables.inbound import Reply
from models.event_kinds import EventKind
from models.replies import effect

_BELONGS_TO = text("UPDATE inbox SET run_id = :run, state = :state WHERE id = :id")


def keep_reply(
    session: Session, reply: ReadReply, person: Correspondent, others: list[Correspondent], origin: Origin
) -> None:
    """Store the reply for the run it answers and, if it ends the automation, for the other runs that wrote to them."""
    ends = effect(reply.label) not in KEEP_AUTOMATION
    answered = [person, *others] if ends else [person]
    for one in answered:
        session.add(
            Reply(
                inbox_id=reply.inbox_id,
                client_id=one.client_id,
                lead_id=one.lead_id,
                run_id=one.run_id,
                channel=one.channel,
                body=reply.body,
                label=reply.label,
                ends_automation=ends and one.ends_its_run,
            )
        )
        events.record(session, EventKind.REPLY_RECEIVED, origin, one.subject, reply.label, inbox=str(reply.inbox_id))
    for other in others if ends else ():
        if other.run_id is not None:
            announce(session, other.run_id)
    if ends:
        late = person.closed or person.run_id is None
        ask_to_answer(session, reply.label, person.subject, origin, late=late)


def await_look(session: Session, inbox_id: UUID, person: Correspondent) -> None:
    """Let it wait until the run has looked, see `unread`; a run that has ended never will."""
    belongs_to(session, inbox_id, person, "waiting" if person.run_id is not None and not person.closed else "done")


def belongs_to(session: Session, inbox_id: UUID, person: Correspondent, state: str) -> None:
    """Note whose it is."""
    session.execute(_BELONGS_TO, {"run": person.run_id, "state": state, "id": inbox_id})
