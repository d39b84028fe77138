"""The newest update of an incident as each client would read it, made by the very code that makes it."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from activities.incidents import composed
from models.database.incidents import material, moving, reading
from models.errors import UnusableTemplate
from models.incidents.travelling import NoticeOrder
from models.terms import Channel
from models.wording.slots import fill


@dataclass(frozen=True, slots=True)
class ReadByClient:
    """What one client reads, and how many of its people get it by which channel."""

    client: str
    title: str
    body: str
    by_email: int
    by_sms: int
    problem: str = ""
    """Why it cannot be made yet; empty if it can."""


def as_read(session: Session, incident_id: UUID) -> list[ReadByClient]:
    """Return what the newest update says to each client. Reads only; for a transaction in which it was just written."""
    number = max(update.number for update in moving.updates_of(session, incident_id))
    concerned = reading.concerned(session, incident_id)
    return [
        _of(session, client, NoticeOrder(run_id=run, number=number)) for client, run in concerned if run is not None
    ]


def _of(session: Session, client: str, order: NoticeOrder) -> ReadByClient:
    try:
        made_of = material.of(session, order)
        text = composed(made_of)
    except UnusableTemplate as unusable:
        return ReadByClient(client, "", "", 0, 0, str(unusable))
    plain = fill(text.plain.subject, text.plain.body, text.slots)
    channels = [reader.channel for reader in made_of.readers]
    return ReadByClient(client, plain.subject, plain.body, channels.count(Channel.EMAIL), channels.count(Channel.SMS))
