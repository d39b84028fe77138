"""Who works here: who calls, by the hash of their API key, and what they may do."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.tables.people import Client, Staff
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.terms import Role

KEY_PREFIX = "ck_"
"""Lets a secret scanner recognise an API key of this service."""
KEY_BYTES = 32
_LISTING = text(
    """
    SELECT handle, roles, email, active, principal, CASE WHEN clients IS NOT NULL THEN ARRAY(
        SELECT c.key FROM client c WHERE c.id = ANY (clients) ORDER BY c.key) END AS clients
    FROM staff ORDER BY handle
    """
)


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What is to be changed of a member of staff; None leaves it as it is.

    Args:
        handle: who.
        roles: all they may do from now on.
        clients: keys of the clients they may decide for.
        every_client: they may decide for all of them again.
        email: where notices go; empty for none.
        principal: `type:name` under which the Temporal server verifies them; empty for none.
        active: whether they work here.
        new_key: whether they get a new API key.
    """

    handle: str
    roles: Sequence[Role] | None = None
    clients: Sequence[str] | None = None
    every_client: bool = False
    email: str | None = None
    principal: str | None = None
    active: bool | None = None
    new_key: bool = False


def new_api_key() -> str:
    """Return a new API key (256 random bits)."""
    return KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)


def api_key_hash(key: str) -> str:
    """Return what is stored of an API key (sha256, hex). A key is 256 random bits, so no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def by_api_key(session: Session, key: str) -> Staff | None:
    """Return the active member of staff with this key, or None."""
    found = select(Staff).where(col(Staff.api_key_hash) == api_key_hash(key), col(Staff.active))
    return session.exec(found).first()


def of_principal(session: Session, principal: str) -> str | None:
    """Return the handle of the active member of staff whom the Temporal server knows as `type:name`, or None."""
    found = select(col(Staff.handle)).where(col(Staff.principal) == principal, col(Staff.active))
    return session.exec(found).first()


def is_active(session: Session, handle: str) -> bool:
    """Return whether there is an active member of staff of this handle."""
    staff = session.get(Staff, handle)
    return staff is not None and staff.active


def listing(session: Session) -> list[RowMapping]:
    """Return everybody, with the keys of the clients they may decide for; None: for all."""
    return list(session.execute(_LISTING).mappings())


def put(session: Session, change: StaffChange, by: Origin) -> str | None:
    """Enter or change a member of staff; return their new API key if they get one. Raises UnknownRecord for a client."""
    row = session.get(Staff, change.handle, with_for_update=True)
    is_new = row is None
    row = row or Staff(handle=change.handle)
    if change.roles is not None:
        row.roles = [role.value for role in change.roles]
    if change.clients or change.every_client:
        row.clients = None if change.every_client else [_client(session, key) for key in change.clients or ()]
    if change.email is not None:
        row.email, row.wants_email = change.email.lower(), bool(change.email)
    if change.principal is not None:
        row.principal = change.principal or None
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


def _client(session: Session, key: str) -> UUID:
    found = session.exec(select(col(Client.id)).where(col(Client.key) == key)).first()
    if found is None:
        raise UnknownRecord(f"there is no client {key!r}; see comms client add")
    return found
