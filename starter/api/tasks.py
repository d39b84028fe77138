"""What is on people's lists, and closing it."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from sqlmodel import col, select

from models.database import events
from models.database.engine import transaction
from models.database.inbound import complaints
from models.database.tables.records import OwnerTask
from models.terms import Role
from starter.api.fields import Handle, Reason, Strict
from starter.api.task_lines import TaskLine, resolved_by, task_line
from starter.callers import Anybody
from starter.problems import Problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/tasks", tags=["Tasks"])
_ANY_TASK = frozenset({Role.SALES_OPS, Role.INCIDENT_OWNER})


class CloseBody(Strict):
    """What was done."""

    note: Reason


@router.get("", summary="List open tasks")
def list_open(caller: Anybody, uses: Uses, owner: Handle | None = None) -> list[TaskLine]:
    """Return open tasks that are the caller's or of their clients, oldest first; of one owner if named."""
    with transaction(uses.engine) as session:
        return [task_line(task) for task in events.open_tasks(session, owner, caller.handle, caller.only)]


@router.post("/{task_id}/close", status_code=HTTPStatus.NO_CONTENT, summary="Close a task")
def close(task_id: UUID, body: CloseBody, caller: Anybody, uses: Uses) -> None:
    """Say that a task is done. Closing it again changes nothing. Its owner, sales ops and incident owners may."""
    with transaction(uses.engine) as session:
        query = select(OwnerTask).where(col(OwnerTask.id) == task_id).with_for_update()
        task = session.exec(query).first()
        if task is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no task {task_id}; see GET /v1/tasks")
        if task.owner != caller.handle and not caller.roles & _ANY_TASK:
            raise Problem(HTTPStatus.FORBIDDEN, f"this task belongs to {task.owner}")
        if task.closed_at is None:
            if instead := resolved_by(task):
                raise Problem(HTTPStatus.CONFLICT, f"this task closes by itself once it is resolved: {instead}")
            task.evidence = task.evidence | {"note": body.note}
            session.flush()
            events.close_tasks(session, task.kind, task.subject, caller.origin)
            complaints.tell_that_it_is_settled(session, task.kind, task.subject)
