"""Entering and changing staff: what they may do, for which clients, and their key."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.staff import api_key_hash, new_api_key
from models.database.tables.people import Client, Staff
from models.errors import CommsError, UnknownRecord
from models.event_kinds import EventKind
from models.terms import Role

_LISTING = text(
    """
    SELECT handle, roles, email, phone, active, principal, subject, password_hash IS NOT NULL AS has_password,
        CASE WHEN clients IS NOT NULL THEN ARRAY(
        SELECT c.key FROM client c WHERE c.id = ANY (clients) ORDER BY c.key) END AS clients
    FROM staff ORDER BY handle
    """
)


class KnownAsAnother(CommsError):
    """Somebody else goes by this principal or subject. The message names them, and how it is taken from them."""


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What is to be changed of a member of staff; None leaves it as it is.

    Args:
        handle: who.
        roles: all they may do from now on.
        clients: keys of the clients they may decide for.
        every_client: they may decide for all of them again.
        email: where notices and tests go; empty for none.
        phone: where tests go (E.164); empty for none.
        principal: `type:name` under which the Temporal server verifies them; empty for none.
        active: whether they work here.
        new_key: whether they get a new API key.
        subject: the claim `sub` under which the identity provider knows them; empty for none.
    """

    handle: str
    roles: Sequence[Role] | None = None
    clients: Sequence[str] | None = None
    every_client: bool = False
    email: str | None = None
    phone: str | None = None
    principal: str | None = None
    active: bool | None = None
    new_key: bool = False
    subject: str | None = None


def listing(session: Session) -> list[RowMapping]:
    """Return everybody, with the keys of the clients they may decide for; None: for all."""
    return list(session.execute(_LISTING).mappings())


def put(session: Session, change: StaffChange, by: Origin) -> str | None:
    """Enter or change a member of staff; return their new API key if they get one.

    Raises:
        UnknownRecord: a client that is not there.
        KnownAsAnother: the principal or the subject is somebody else's.
    """
    _refuse_what_is_anothers(session, change)
    row = session.get(Staff, change.handle, with_for_update=True)
    is_new = row is None
    row = row or Staff(handle=change.handle)
    if change.roles is not None:
        row.roles = [role.value for role in change.roles]
    if change.clients or change.every_client:
        row.clients = None if change.every_client else [_client(session, key) for key in change.clients or ()]
    if change.email is not None:
        row.email, row.wants_email = change.email.lower(), bool(change.email)
    if change.phone is not None:
        row.phone = change.phone
    if change.principal is not None:
        row.principal = change.principal or None
    if change.subject is not None:
        row.subject = change.subject or None
    if change.active is not None:
        row.active = change.active
    key = new_api_key() if change.new_key or is_new else None
    if key is not None:
        row.api_key_hash = api_key_hash(key)
    session.add(row)
    session.flush()
    facts = {
        "roles": row.roles,
        "active": row.active,
        "clients": [str(one) for one in row.clients or ()],
        "new_key": bool(key),
    }
    events.record(session, EventKind.STAFF_CHANGED, by, Subject(change.handle), change.handle, **facts)
    return key


def _refuse_what_is_anothers(session: Session, change: StaffChange) -> None:
    for column, known_as, option in (
        (Staff.principal, change.principal, "--principal"),
        (Staff.subject, change.subject, "--subject"),
    ):
        same = select(Staff.handle).where(col(column) == known_as, Staff.handle != change.handle)
        other = session.exec(same).first() if known_as else None
        if other is not None:
            raise KnownAsAnother(f"{other} is known as that; to take it from them: comms staff set {other} {option} ''")


def _client(session: Session, key: str) -> UUID:
    found = session.exec(select(col(Client.id)).where(col(Client.key) == key)).first()
    if found is None:
        raise UnknownRecord(f"there is no client {key!r}; see comms client add")
    return found
