"""A lead who has said to be away: the run they answered waits until they are back, and says so."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.event_kinds import EventKind
from models.reply_rules.absences import away_until

_ZONE = text("SELECT time_zone FROM client WHERE id = :client")
_AWAY = text(
    """
    UPDATE run SET away_until = greatest(away_until, :until) WHERE id = :run AND closed_at IS NULL RETURNING away_until
    """
)
# The clock of what was due stands still meanwhile: it does not become stale by an absence.
_FREEZE = text(
    """
    UPDATE message SET expires_at = expires_at + (:until - clock_timestamp())
    WHERE run_id = :run AND audience = 'contact' AND state IN ('planned', 'ready') AND expires_at > clock_timestamp()
    """
)


def note_absence(session: Session, said: str, about: Subject, inbox_id: UUID, origin: Origin) -> datetime | None:
    """Let an open run wait until the day that an automatic reply names. Returns the moment, or None if it names none."""
    zone = ZoneInfo(session.execute(_ZONE, {"client": about.client_id}).scalar_one())
    day = away_until(said, now(session).astimezone(zone).date())
    if day is None or about.run_id is None:
        return None
    until = datetime.combine(day, time(), zone)
    if session.execute(_AWAY, {"run": about.run_id, "until": until}).first() is None:
        return None
    session.execute(_FREEZE, {"run": about.run_id, "until": until})
    events.record(session, EventKind.ABSENCE_NOTED, origin, about, until=until.isoformat(), inbox=str(inbox_id))
    return until
