"""Workflows whose run has no row: they were started after the backup from which the ledger was restored."""

from uuid import UUID

from sqlmodel import Session

from models.database import events
from models.database.events import Origin, Subject, TaskOrder

TASK = "run_without_rows"
_ENTER_AGAIN = (
    "A workflow has ended because its run has no rows: it was asked for after the backup from which the ledger was restored. "
    "Its subject is the run. Find its lead in the system it came from and enter it again."
)


def tell(session: Session, run_id: UUID, origin: Origin) -> None:
    """Put a workflow that ends without a row to close on an engineer's list. Safe to repeat."""
    order = TaskOrder(TASK, str(run_id), _ENTER_AGAIN)
    events.open_task(session, order, Subject(owner="engineer"), origin)
