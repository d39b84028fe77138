"""Taking in one lead event: judged once, stored once, and either a run is asked for, or a person, or it is known why not.

All in the caller's transaction, under locks that keep the same lead and the same person from being taken in twice.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from models.database import events, intake
from models.database.engine import now
from models.database.events import Origin
from models.database.intake import Asked
from models.database.leads import contacts, messages, people
from models.database.leads.contacts import Known
from models.database.leads.rows import row_of, subject_of
from models.database.leads.target import Target
from models.database.tables.leads import LeadEventRow
from models.event_kinds import EventKind
from models.leads.event import LeadEvent
from models.leads.judgement import Circumstances, age, concerns
from models.leads.terms import Concern, LeadEventKind, LeadEventState, Note, Way

RegionOf = Callable[[str], str | None]
"""The US state of a postal code, or None."""
_TELLS_OF_A_LEAD = (
    LeadEventState.ACCEPTED,
    LeadEventState.NEEDS_PERSON,
    LeadEventState.KEPT,
    LeadEventState.CLOSED,
    LeadEventState.TEST,
)


def take_in(
    session: Session, target: Target, event: LeadEvent, region_of: RegionOf, origin: Origin, inbox_id: UUID | None
) -> LeadEventRow:
    """Take in one event. The same event again changes nothing and returns what became of it the first time."""
    row = row_of(event, target, inbox_id)
    contacts.lock(session, target, [row])
    row.received_at = now(session)
    return earlier_of(session, row) or settle(session, target, event, row, region_of, origin)


def earlier_of(session: Session, row: LeadEventRow) -> LeadEventRow | None:
    """Return the same event as it was taken in before, or None."""
    same = select(LeadEventRow).where(
        col(LeadEventRow.source_account_id) == row.source_account_id,
        col(LeadEventRow.source_event_id) == row.source_event_id,
    )
    return session.exec(same).first()


def settle(
    session: Session, target: Target, event: LeadEvent, row: LeadEventRow, region_of: RegionOf, origin: Origin
) -> LeadEventRow:
    """Store an event whose locks are held and whose arrival is noted, and let it take effect."""
    row.age = age(event, _arrival(row))
    if row.way != Way.IMPORT:  # whose rows are many, and nothing that came earlier will point to them
        session.add(row)
        session.flush()
    if event.ignored is not None:
        row.state, row.reasons = LeadEventState.IGNORED, [event.ignored]
    elif event.is_test:
        row.state = LeadEventState.TEST
    elif event.kind is LeadEventKind.MESSAGE:
        messages.take_message(session, row, _same_lead(session, row), origin)
    else:
        _take_lead(session, target, event, row, region_of, origin)
    session.add(row)
    facts = {"lead_event": str(row.id), "way": row.way, "reasons": list(row.reasons), "age_seconds": _seconds(row)}
    events.record(session, EventKind.LEAD_RECEIVED, origin, subject_of(row), row.state, **facts)
    return row


def keep_unreadable(session: Session, target: Target, row: LeadEventRow, origin: Origin) -> LeadEventRow:
    """Store a verified request that no adapter understands, for a person."""
    row.received_at, row.state, row.reasons = now(session), LeadEventState.NEEDS_PERSON, [Concern.UNREADABLE]
    session.add(row)
    session.flush()
    people.give(session, row, origin)
    return row


def enrol(
    session: Session, target: Target, event: LeadEvent, row: LeadEventRow, region: str | None, origin: Origin
) -> None:
    """Store the lead with what it permits, and ask for its run, unless one is meant for this person already."""
    before = contacts.known(session, target, row)
    lead = (
        contacts.add_to(session, before.lead_id, event, region)
        if before
        else contacts.keep(session, target, event, region, row)
    )
    contacts.permit(session, lead, event, row, origin)
    row.lead_id = lead.id
    if before is not None and before.run_id is not None:
        _append(session, row, before, origin)
    elif not contacts.may_be_written_to(session, target, event):
        row.state, row.reasons = LeadEventState.KEPT, [Note.NOT_PERMITTED]
    elif target.sequence is not None:
        asked = Asked(f"leads:{row.way}", str(row.id), row.dedupe_key)
        started = intake.request_run(session, lead, target.sequence, target.owner, asked)
        row.run_id = started.run_id
        if started.joined:  # by another way than a lead event, for the same purpose
            row.state, row.reasons = LeadEventState.DUPLICATE, [Note.SAME_CONTACT]
        else:
            row.state, row.reasons = LeadEventState.ACCEPTED, []


def _take_lead(
    session: Session, target: Target, event: LeadEvent, row: LeadEventRow, region_of: RegionOf, origin: Origin
) -> None:
    region = region_of(event.market.postal_code) if event.market.postal_code else None
    found = _judge(session, target, event, row, region, origin)
    same = _same_lead(session, row)
    if same is not None and same.state != LeadEventState.NEEDS_PERSON and _changed(same, row):
        found = [Concern.CONTACT_CHANGED]
    elif same is not None and (found or same.state != LeadEventState.NEEDS_PERSON):
        row.duplicate_of, row.lead_id, row.run_id = same.id, same.lead_id, same.run_id
        row.state, row.reasons = LeadEventState.DUPLICATE, [Note.SAME_LEAD]
        return
    if found:
        row.state, row.reasons = LeadEventState.NEEDS_PERSON, list(found)
        people.give(session, row, origin)
        return
    enrol(session, target, event, row, region, origin)
    messages.link(session, row)
    if same is not None:
        same.duplicate_of, same.state, same.reasons = row.id, LeadEventState.DUPLICATE, [Note.COMPLETED_BY_LATER]
        same.lead_id, same.run_id = row.lead_id, row.run_id
        people.take_off(session, same, origin)


def _judge(
    session: Session, target: Target, event: LeadEvent, row: LeadEventRow, region: str | None, origin: Origin
) -> list[Concern]:
    around = Circumstances(
        received_at=_arrival(row),
        response_window=target.response_window,
        state_of_postal_code=region,
        own_numbers=target.own_numbers(event.attribution.tracking_number),
    )
    found = concerns(event, around) + target.obstacles
    if messages.gather(session, row, origin) and Concern.NO_AUTOMATED_CONSENT not in found:
        found.append(Concern.NO_AUTOMATED_CONSENT)
    return found


def _same_lead(session: Session, row: LeadEventRow) -> LeadEventRow | None:
    """Return what told of this lead of this account first, and is not itself a repetition."""
    if row.way == Way.IMPORT:
        return None  # there the event is the lead, and the same one has been left out already
    query = select(LeadEventRow).where(
        col(LeadEventRow.source_account_id) == row.source_account_id,
        col(LeadEventRow.dedupe_key) == row.dedupe_key,
        col(LeadEventRow.kind) == LeadEventKind.LEAD,
        col(LeadEventRow.id) != row.id,
        col(LeadEventRow.state).in_(_TELLS_OF_A_LEAD),
    )
    return session.exec(query.order_by(col(LeadEventRow.received_at))).first()


def _changed(before: LeadEventRow, after: LeadEventRow) -> bool:
    return any(
        getattr(before, name) and getattr(after, name) and getattr(before, name) != getattr(after, name)
        for name in ("phone", "email")
    )


def _append(session: Session, row: LeadEventRow, before: Known, origin: Origin) -> None:
    row.duplicate_of, row.run_id = before.event_id, before.run_id
    row.state, row.reasons = LeadEventState.DUPLICATE, [Note.SAME_CONTACT]
    if before.closed and row.way != Way.IMPORT:
        people.tell_that_they_asked_again(session, row, origin)


def _arrival(row: LeadEventRow) -> datetime:
    if row.received_at is None:
        raise ValueError("an event is judged by its age, so its arrival must be noted first")
    return row.received_at


def _seconds(row: LeadEventRow) -> int:
    return round(row.age.total_seconds()) if row.age else 0
