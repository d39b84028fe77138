"""Who calls, by the hash of their API key."""

import hashlib
import secrets
from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.tables.people import Staff
from models.terms import Role

KEY_PREFIX = "ck_"
"""Lets a secret scanner recognise an API key of this service."""
KEY_BYTES = 32


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


def is_active(session: Session, handle: str, role: Role | None = None) -> bool:
    """Return whether there is an active member of staff of this handle, who has a role if one is named."""
    staff = session.get(Staff, handle)
    return staff is not None and staff.active and (role is None or role in staff.roles)


def works_for(session: Session, handle: str, clients: Collection[UUID]) -> bool:
    """Return whether a member of staff works for all of these clients."""
    return _works_for(session.get_one(Staff, handle), clients)


def another_incident_owner(session: Session, than: str, clients: Collection[UUID]) -> str:
    """Return an incident owner of these clients who can take over from another one; that one, if there is nobody else."""
    others = select(Staff).where(col(Staff.active), col(Staff.handle) != than).order_by(col(Staff.handle))
    for found in session.exec(others):
        if Role.INCIDENT_OWNER in found.roles and _works_for(found, clients):
            return found.handle
    return than


def _works_for(staff: Staff, clients: Collection[UUID]) -> bool:
    return staff.clients is None or set(clients) <= set(staff.clients)
