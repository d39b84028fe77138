"""How a task on a person's list is shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

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
    due_at: datetime | None
    close: str = Field(description="Where to close it once it is done.")


def task_line(task: OwnerTask) -> TaskLine:
    """Return a task as it is shown."""
    own = task.model_dump(include=set(TaskLine.model_fields) - {"close"})
    return TaskLine(**own, close=f"/v1/tasks/{task.id}/close")
