"""Who calls, by the hash of their API key."""

import hashlib
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.tables.people import Staff


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


def clients_of(session: Session, handle: str) -> list[UUID] | None:
    """Return the clients that a member of staff works for; None for all of them."""
    staff = session.get(Staff, handle)
    return staff.clients if staff else []
