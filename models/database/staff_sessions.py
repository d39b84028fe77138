"""Browsers in which staff are signed in: a random cookie, of which only the hash is stored, with an end."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum

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
    SELECT s.staff, s.opened_with, m.password_hash, m.subject, m.email
    FROM staff_session s JOIN staff m ON m.handle = s.staff AND m.active
    WHERE s.token_hash = :token AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
    """
)
_END = text(
    "UPDATE staff_session SET ended_at = clock_timestamp() WHERE token_hash = :token AND ended_at IS NULL RETURNING staff"
)


class Way(StrEnum):
    """What somebody has shown to sign in: their password, or the claim by which the identity provider has named them."""

    PASSWORD = "password"
    SUBJECT = "subject"
    EMAIL = "email"


def begin(session: Session, staff: Staff, lasts: timedelta, way: Way) -> str:
    """Sign somebody in who has shown who they are; return the cookie's value (256 random bits)."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    shown = {Way.PASSWORD: staff.password_hash, Way.SUBJECT: staff.subject, Way.EMAIL: staff.email}[way]
    opened_with, expires_at = _seal(way, shown), now(session) + lasts
    session.add(
        StaffSession(token_hash=_hashed(token), staff=staff.handle, opened_with=opened_with, expires_at=expires_at)
    )
    session.flush()
    events.record(session, EventKind.SIGNED_IN, Origin(SOURCE, staff.handle), Subject(staff.handle), way=way.value)
    return token


def handle_of(session: Session, token: str) -> str | None:
    """Return who is signed in, or None. A session ends with its time, with its person and with what has opened it."""
    found = session.execute(_WHOSE, {"token": _hashed(token)}).one_or_none()
    if found is None:
        return None
    shown = {Way.PASSWORD: found.password_hash, Way.SUBJECT: found.subject, Way.EMAIL: found.email}
    still = {_seal(way, one) for way, one in shown.items() if one}
    return str(found.staff) if found.opened_with in still else None


def end(session: Session, token: str) -> None:
    """Sign out. Safe to repeat."""
    ended = session.execute(_END, {"token": _hashed(token)}).scalar_one_or_none()
    if ended is not None:
        events.record(session, EventKind.SIGNED_OUT, Origin(SOURCE, ended), Subject(ended))


def refused(session: Session, reason: str, **facts: str) -> None:
    """Record an attempt to sign in that was refused. `reason` is a code; neither it nor the facts name what was typed."""
    events.record(session, EventKind.SIGN_IN_REFUSED, Origin(SOURCE, "nobody"), Subject(), reason, **facts)


def _seal(way: Way, shown: str | None) -> str:
    return _hashed(f"{way} {shown}")


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
