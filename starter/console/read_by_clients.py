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
    may_be_reworded: bool = False
    """Whether a drafter may put the author's own words differently; its approvers see the text as it will be shown."""


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
        written_from = composed(made_of)
        wording = fill(written_from.plain.subject, written_from.plain.body, written_from.slots)
    except UnusableTemplate as unusable:
        return ReadByClient(client, "", "", 0, 0, str(unusable))
    channels = [reader.channel for reader in made_of.readers]
    return ReadByClient(
        client=client,
        title=wording.subject,
        body=wording.body,
        by_email=channels.count(Channel.EMAIL),
        by_sms=channels.count(Channel.SMS),
        may_be_reworded=made_of.words_are_open and bool(made_of.words),
    )
