"""Browsers in which staff are signed in: a random cookie, of which only the hash is stored, with an end."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.tables.people import Staff, StaffSession
from models.event_kinds import EventKind

SOURCE = "browser"
TOKEN_BYTES = 32
_WHOSE = text(
    """
    SELECT s.staff FROM staff_session s JOIN staff m ON m.handle = s.staff AND m.active AND m.api_key_hash = s.api_key_hash
    WHERE s.token_hash = :token AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
    """
)
_END = text(
    "UPDATE staff_session SET ended_at = clock_timestamp() WHERE token_hash = :token AND ended_at IS NULL RETURNING staff"
)


def begin(session: Session, staff: Staff, lasts: timedelta) -> str:
    """Sign somebody in who has shown their key; return the cookie's value (256 random bits)."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at, key = now(session) + lasts, staff.api_key_hash or ""
    session.add(StaffSession(token_hash=_hashed(token), staff=staff.handle, api_key_hash=key, expires_at=expires_at))
    session.flush()
    events.record(session, EventKind.SIGNED_IN, Origin(SOURCE, staff.handle), Subject(staff.handle))
    return token


def handle_of(session: Session, token: str) -> str | None:
    """Return who is signed in, or None. A session ends with its time, with its person and with the key that opened it."""
    found: str | None = session.execute(_WHOSE, {"token": _hashed(token)}).scalar_one_or_none()
    return found


def end(session: Session, token: str) -> None:
    """Sign out. Safe to repeat."""
    ended = session.execute(_END, {"token": _hashed(token)}).scalar_one_or_none()
    if ended is not None:
        events.record(session, EventKind.SIGNED_OUT, Origin(SOURCE, ended), Subject(ended))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
