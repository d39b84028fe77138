"""A lead event as a row, and back."""

from uuid import UUID

from models.database.events import Subject
from models.database.leads.target import Target
from models.database.tables.leads import LeadEventRow
from models.leads.event import LeadEvent, dedupe_key
from models.leads.terms import Dismissal, LeadEventState

PARTS = ("contact", "job", "money", "consent", "attribution", "market", "thread")


def row_of(event: LeadEvent, target: Target, inbox_id: UUID | None) -> LeadEventRow:
    """Return the row of an event that has just come in; what becomes of it is yet to be said."""
    parts = event.model_dump(mode="json", include=set(PARTS))
    return LeadEventRow(
        source_account_id=target.account.id,
        client_id=target.client.id,
        way=event.way,
        source=event.source,
        kind=event.kind,
        source_event_id=event.source_event_id,
        source_lead_id=event.source_lead_id,
        dedupe_key=dedupe_key(event.way, target.account.account, event.source_lead_id),
        schema_version=event.schema_version,
        occurred_at=event.occurred_at,
        is_test=event.is_test,
        phone=event.contact.phone,
        email=event.contact.email,
        message=event.message,
        chosen_sequence=target.chosen.sequence,
        owner=target.owner,
        state=LeadEventState.NEEDS_PERSON,
        inbox_id=inbox_id,
        **parts,
    )


def event_of(row: LeadEventRow) -> LeadEvent:
    """Return the event that a row holds."""
    ignored = next((Dismissal(reason) for reason in row.reasons if reason in set(Dismissal)), None)
    own = ("way", "source", "kind", "source_event_id", "source_lead_id", "occurred_at", "is_test", "message", *PARTS)
    return LeadEvent.model_validate(row.model_dump(include=set(own)) | {"ignored": ignored})


def subject_of(row: LeadEventRow) -> Subject:
    """Return what events and tasks about a lead event are about."""
    return Subject(row.owner, row.client_id, row.run_id, row.lead_id)
