"""What became of a commit whose answer was lost."""

from sqlalchemy import text
from sqlmodel import Session


def transaction_id(session: Session) -> str:
    """Return the id by which `status_of` knows this transaction later."""
    return str(session.execute(text("SELECT pg_current_xact_id()")).scalar_one())


def status_of(session: Session, transaction_id: str) -> str | None:
    """Return what became of a recent transaction: `committed`, `aborted` or `in progress`."""
    where = {"id": transaction_id}
    status: str | None = session.execute(text("SELECT pg_xact_status(CAST(:id AS xid8))"), where).scalar_one()
    return status
