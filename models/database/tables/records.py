"""What happened, in order, and what a named person must do about it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now

_BESIDE_A_ROW = (
    "'reply_received', 'task_opened', 'task_closed', 'approval_requested', 'approval_decided', 'outcome_recorded'"
)


class Event(SQLModel, table=True):
    """One append-only line of the log. It holds ids and codes; names, addresses and wording are never part of it."""

    # The outputs look for the line that was written with a row, by the moment of both.
    __table_args__ = (Index("event_beside_its_row", "at", postgresql_where=text(f"kind IN ({_BESIDE_A_ROW})")),)

    id: int | None = Field(default=None, primary_key=True)
    at: Moment = recorded_now()
    kind: str = Field(index=True)
    client_id: UUID | None = None
    run_id: UUID | None = Field(default=None, index=True)
    lead_id: UUID | None = None
    message_id: UUID | None = Field(default=None, index=True)
    source: str
    """What made it happen: `api`, `temporal_ui`, `workflow`, `twilio`, `ses`, `crm`, `reconciler`, `command`."""
    actor: str
    owner: str
    channel: str | None = None
    reason: str = ""
    client_safe_status: str
    follow_up_rule: str
    recovery_rule: str
    facts: dict[str, Any] = a_json()


class OwnerTask(SQLModel, table=True):
    """Something only a person can decide, with its evidence. One open task per subject and kind."""

    __tablename__ = "owner_task"
    __table_args__ = (
        Index("one_open_task", "kind", "subject", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("task_of_subject", "subject", "kind"),
    )

    id: UUID = an_id()
    kind: str
    subject: str
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    message_id: UUID | None = Field(default=None, foreign_key="message.id")
    owner: str = Field(index=True)
    instruction: str
    evidence: dict[str, Any] = a_json()
    opened_at: Moment = recorded_now()
    due_at: Moment = a_moment()
    """By when it should be done; None if nothing says so."""
    closed_at: Moment = a_moment()
    closed_by: str | None = None
