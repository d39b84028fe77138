"""Giving a lead event to a person: the task on its owner's list, and its end."""

from sqlmodel import Session

from models.database import events
from models.database.events import Origin, TaskOrder
from models.database.leads.rows import subject_of
from models.database.tables.leads import LeadEventRow
from models.leads.terms import Concern, in_words
from models.plurals import counted

LEAD_TASK = "lead_event"
"""Its subject is the id of the lead event."""
AGAIN_TASK = "lead_asked_again"
_HOUR = 3600


def give(session: Session, row: LeadEventRow, origin: Origin) -> None:
    """Put an event on its owner's list, with what is missing."""
    why = "; ".join(in_words(reason) for reason in row.reasons)
    instruction = (
        f"A lead event ({row.way.replace('_', ' ')}) cannot go on by itself: {why}{_age(row)}. Read it "
        f"(comms leads {row.id}), then complete it (comms complete-lead) or close it (comms close-lead)."
    )
    order = TaskOrder(LEAD_TASK, str(row.id), instruction, _evidence(row))
    events.open_task(session, order, subject_of(row), origin)


def take_off(session: Session, row: LeadEventRow, origin: Origin) -> None:
    """Close the task about an event."""
    events.close_tasks(session, LEAD_TASK, str(row.id), origin)


def tell_that_they_asked_again(session: Session, row: LeadEventRow, origin: Origin) -> None:
    """Tell the owner that somebody whose run has ended has asked once more; a machine does not answer twice a day."""
    instruction = "This lead has asked again within a day, and their sequence had ended. Call, or answer by hand."
    order = TaskOrder(AGAIN_TASK, str(row.lead_id), instruction, _evidence(row))
    events.open_task(session, order, subject_of(row), origin)


def _evidence(row: LeadEventRow) -> dict[str, object]:
    inbox = {"inbox": str(row.inbox_id)} if row.inbox_id else {}
    return {"lead_event": str(row.id), "reasons": list(row.reasons), **inbox}


def _age(row: LeadEventRow) -> str:
    if Concern.TOO_LATE not in row.reasons or row.age is None:
        return ""
    minutes, hours = round(row.age.total_seconds() / 60), row.age.total_seconds() / _HOUR
    return f" (it was {counted(minutes, 'minute')} old)" if hours < 2 else f" (it was {hours:.0f} hours old)"
