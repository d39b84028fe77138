"""The local accounts of staff: a password each, of which only the scrypt hash is stored."""

from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.tables.people import Staff
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.passwords import hashed, is_right, new_password


def put(session: Session, handle: str, password: str, by: Origin) -> None:
    """Set somebody's password; the sessions of the old one end.

    Raises:
        UnknownRecord: there is no such member of staff.
        UnusablePassword: it is too short or too long.
    """
    row = session.get(Staff, handle, with_for_update=True)
    if row is None:
        raise UnknownRecord(f"there is no member of staff {handle!r}; see comms staff list")
    row.password_hash = hashed(password)
    session.flush()
    events.record(session, EventKind.STAFF_CHANGED, by, Subject(handle), handle, new_password=True)


def make_up(session: Session, by: Origin) -> dict[str, str]:
    """Give a password to everybody who is active and has none; return them by handle. They cannot be read again."""
    without = select(col(Staff.handle)).where(col(Staff.active), col(Staff.password_hash).is_(None))
    made = {handle: new_password() for handle in session.exec(without.order_by(col(Staff.handle)))}
    for handle, password in made.items():
        put(session, handle, password, by)
    return made


def by_password(session: Session, handle: str, password: str) -> Staff | None:
    """Return the active member of staff whose name and password these are, or None. Nobody takes as long as somebody."""
    row = session.get(Staff, handle) if "\0" not in handle else None
    right = is_right(password, row.password_hash if row is not None and row.active else None)
    return row if right else None
