"""How a task on a person's list is shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from models.database.leads.people import LEAD_TASK
from models.database.permission.consent_desk import DOUBT_TASK
from models.database.recovery.ledger_epoch import LEDGER_TASK
from models.database.sending.evidence import IN_DOUBT_TASK
from models.database.tables.records import OwnerTask


class TaskLine(BaseModel):
    """Something only a person can decide, with its evidence."""

    id: UUID
    kind: str
    subject: str
    owner: str
    instruction: str
    run_id: UUID | None
    message_id: UUID | None
    evidence: dict[str, Any]
    opened_at: datetime
    due_at: datetime | None = Field(description="By when it should be done; null if nothing says so.")
    close: str | None = Field(description="Where to close it once it is done; null if it closes by being resolved.")
    resolve: str | None = Field(description="What resolves it, if more than a note is needed.")
    pending: str | None = Field(description="What has been asked for already, and whom or what it waits for.")


def task_line(task: OwnerTask) -> TaskLine:
    """Return a task as it is shown."""
    own = task.model_dump(include=set(TaskLine.model_fields) - {"close", "resolve", "pending"})
    instead = resolved_by(task)
    close = None if instead else f"/v1/tasks/{task.id}/close"
    return TaskLine(**own, close=close, resolve=instead, pending=task.evidence.get("send_again"))


def resolved_by(task: OwnerTask) -> str | None:
    """Return the request that resolves a task on which something waits; None if a note is all it needs."""
    if task.kind == IN_DOUBT_TASK:
        return f"POST /v1/messages/{task.subject}/resolution"
    if task.kind == LEDGER_TASK:
        return "POST /v1/ledger/release"
    if task.kind == LEAD_TASK:
        return f"POST /v1/lead-events/{task.subject}/completion, or /closing"
    if task.kind == DOUBT_TASK:
        return f'POST /v1/consent with "task": "{task.id}" and "status": "released" or "revoked"'
    return None
