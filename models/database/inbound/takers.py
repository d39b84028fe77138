"""Who takes in again what had been set aside, by its kind. What has no taker here is a report: the relay settles it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.database.events import Origin
from models.database.inbound import crm_reports, inbox, inbox_desk, mails, outdated_starts
from models.database.reports import changes
from models.inbound_mail import read_mail
from models.outcomes.hubspot import Stages


@dataclass(frozen=True, slots=True)
class Kept:
    """One request as it was kept, opened, and who asks for it to be tried again."""

    id: UUID
    source: str
    raw: bytes
    by: Origin


@dataclass(frozen=True, slots=True)
class Means:
    """What reading it takes besides. `key` signs the addresses that answers come to; stages and currency are the CRM's."""

    key: bytes
    stages: Stages
    currency: str


Taker = Callable[[Session, Kept, Means], bool]
"""Lets a locked request, marked as done, take effect. Returns False if it still cannot be read; then it has changed nothing."""


def _text(session: Session, kept: Kept, _: Means) -> bool:
    message = inbox_desk.text_of(kept.raw)
    if not message.is_complete:
        return False
    if outdated_starts.is_outdated_start(session, message, None):  # when it was written, nobody has kept
        outdated_starts.ask_them(session, kept.id, message, kept.by)
    else:
        inbox.take_in(session, kept.id, message)
    return True


def _mail(session: Session, kept: Kept, means: Means) -> bool:
    mails.take_in_mail(session, means.key, kept.id, read_mail(kept.raw.decode(errors="replace")))
    return True


def _outcome(session: Session, kept: Kept, means: Means) -> bool:
    return crm_reports.take_in(session, kept.source, kept.id, kept.raw, means.stages, means.currency)


def _figures(session: Session, kept: Kept, _: Means) -> bool:
    return changes.take_in(session, kept.raw)


TAKERS: Mapping[str, Taker] = {
    "sms": _text,
    inbox.MAIL: _mail,
    crm_reports.KIND: _outcome,
    changes.KIND: _figures,
}
