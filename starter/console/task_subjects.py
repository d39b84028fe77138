"""What single tasks are about, so that several of one kind can be told apart: which message, which incident."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from models.addresses import masked
from models.database.sending.evidence import CONFLICT_TASK, IN_DOUBT_TASK
from models.database.tables.incidents import Incident
from models.database.tables.ledger import Message
from models.database.tables.records import OwnerTask

ABOUT_A_MESSAGE = frozenset({IN_DOUBT_TASK, CONFLICT_TASK})
_ABOUT_AN_INCIDENT = "incident"
"""What the kinds of tasks about incidents begin with; their subject is the incident's id."""


def abouts(session: Session, tasks: Iterable[OwnerTask]) -> dict[UUID, str]:
    """Return by the ids of tasks what they are about; nothing for those that say it themselves."""
    of_messages, of_incidents = dict[UUID, UUID](), dict[UUID, UUID]()
    for task in tasks:
        if task.kind in ABOUT_A_MESSAGE:
            of_messages[task.id] = task.message_id or UUID(task.subject)
        elif is_about_an_incident(task):
            of_incidents[task.id] = UUID(task.subject)
    named = _messages(session, set(of_messages.values())) | _incidents(session, set(of_incidents.values()))
    return {task: named[about] for task, about in (of_messages | of_incidents).items() if about in named}


def is_about_an_incident(task: OwnerTask) -> bool:
    """Return whether a task's subject is an incident."""
    return task.kind.startswith(_ABOUT_AN_INCIDENT)


def _messages(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    query = select(Message.id, Message.channel, Message.address, Message.step).where(col(Message.id).in_(ids))
    return {
        found: f"{'text' if channel == 'sms' else channel} to {masked(address)}, step {step.replace('_', ' ')}"
        for found, channel, address, step in session.exec(query)
    }


def _incidents(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    query = select(Incident.id, Incident.title).where(col(Incident.id).in_(ids))
    return {found: f"“{title}”" for found, title in session.exec(query)}
