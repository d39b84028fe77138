"""What a person does about a lead event that could not go on by itself: completes it, or closes it."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.database import events
from models.database.engine import now
from models.database.events import Origin
from models.database.leads import contacts, intake, people
from models.database.leads.rows import PARTS, event_of, subject_of
from models.database.leads.target import Chosen, target_of
from models.database.tables.leads import LeadEventRow, SourceAccount
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.leads.event import Contact, GivenConsent, LeadEvent, Market
from models.leads.judgement import Circumstances, concerns
from models.leads.terms import Concern, LeadEventKind, LeadEventState

WAITING = (LeadEventState.NEEDS_PERSON, LeadEventState.KEPT)
ACCEPTABLE = frozenset({Concern.TOO_LATE, Concern.CONTACT_CHANGED, Concern.PLACE_CONTRADICTS, Concern.IN_THE_FUTURE})
"""What a person may have looked at and found right. All else needs a better address, a permission or a set-up."""


class AlreadySettled(Exception):
    """The event does not wait for a person."""


class StillMissing(Exception):
    """It still cannot go on; nothing was changed."""

    def __init__(self, found: Collection[Concern]) -> None:
        super().__init__(", ".join(found))
        self.concerns = tuple(found)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a person has found out. None leaves what is there."""

    contact: Contact | None = None
    market: Market | None = None
    service: str | None = None
    consent: tuple[GivenConsent, ...] = ()
    accepted: frozenset[Concern] = frozenset()
    chosen: Chosen = Chosen()


def existing(session: Session, event_id: UUID, *, lock: bool = False) -> LeadEventRow:
    """Return a lead event, locked against others who settle it if asked. Raises UnknownRecord."""
    row = session.get(LeadEventRow, event_id, with_for_update=lock or None)
    if row is None:
        raise UnknownRecord(f"there is no lead event {event_id}")
    return row


def complete(
    session: Session, event_id: UUID, given: Completion, region_of: intake.RegionOf, origin: Origin
) -> LeadEventRow:
    """Let an event go on with what a person adds to it.

    Raises:
        UnknownRecord: there is no such event.
        AlreadySettled: it does not wait for a person, or it is a message, which only its lead completes.
        StillMissing: it cannot go on even so; says why.
    """
    row = existing(session, event_id, lock=True)
    if row.state not in WAITING or row.kind == LeadEventKind.MESSAGE:
        raise AlreadySettled
    event = _completed(event_of(row), given)
    row.phone, row.email = event.contact.phone, event.contact.email
    chosen = Chosen(given.chosen.sequence or row.chosen_sequence, None, given.chosen.owner or row.owner)
    target = target_of(session, session.get_one(SourceAccount, row.source_account_id), chosen)
    contacts.lock(session, target, [row])
    region = region_of(event.market.postal_code) if event.market.postal_code else None
    around = Circumstances(
        received_at=now(session),
        response_window=target.response_window,
        state_of_postal_code=region,
        own_numbers=target.own_numbers(event.attribution.tracking_number),
    )
    found = [found for found in concerns(event, around) + target.obstacles if found not in given.accepted & ACCEPTABLE]
    if Concern.CONTACT_CHANGED in row.reasons and Concern.CONTACT_CHANGED not in given.accepted:
        found.append(Concern.CONTACT_CHANGED)
    if not found and not contacts.may_be_written_to(session, target, event):
        found.append(Concern.NO_AUTOMATED_CONSENT)
    if found:
        raise StillMissing(found)
    row.sqlmodel_update(event.model_dump(mode="json", include=set(PARTS)))
    row.kind, row.owner = LeadEventKind.LEAD, target.owner
    intake.enrol(session, target, event, row, region, origin)
    _settle(session, row, origin, "completed", accepted=sorted(given.accepted))
    return row


def close(session: Session, event_id: UUID, reason: str, origin: Origin) -> LeadEventRow:
    """End an event without a run. Raises UnknownRecord, or AlreadySettled if it does not wait for a person."""
    row = existing(session, event_id, lock=True)
    if row.state not in WAITING:
        raise AlreadySettled
    row.state = LeadEventState.CLOSED
    _settle(session, row, origin, "closed", note=reason)
    return row


def _completed(event: LeadEvent, given: Completion) -> LeadEvent:
    job = event.job if given.service is None else event.job.model_copy(update={"category": given.service})
    consent = event.consent.model_copy(update={"given": event.consent.given + given.consent})
    return event.model_copy(
        update={
            "contact": given.contact or event.contact,
            "market": given.market or event.market,
            "job": job,
            "consent": consent,
        }
    )


def _settle(session: Session, row: LeadEventRow, origin: Origin, how: str, **facts: object) -> None:
    row.settled_by, row.settled_at = origin.actor, now(session)
    session.flush()
    people.take_off(session, row, origin)
    events.record(session, EventKind.LEAD_SETTLED, origin, subject_of(row), how, lead_event=str(row.id), **facts)
