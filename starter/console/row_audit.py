"""The audit of our own rows for whoever looks at its page: one at a time, in bounded time, and kept for a minute."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from models.audit import AuditReport
from models.database.audit import audit
from models.patience_settings import TimerSettings

WITHIN = timedelta(seconds=10)
"""So long a page may wait. `comms audit` takes the time it needs."""
_KEPT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and when."""

    at: datetime
    report: AuditReport


class RowAudit:
    """Audits the rows of one database. Safe for several threads: whoever comes second waits for the first one's answer."""

    def __init__(self, engine: Engine, timers: TimerSettings) -> None:
        self._engine = engine
        self._timers = timers
        self._lock = threading.Lock()
        self._newest: Checked | None = None

    @property
    def newest(self) -> Checked | None:
        """What this process has found last, if anybody has asked."""
        return self._newest

    def check(self) -> Checked:
        """Return what holds now, or held within the last minute. Raises TookTooLong."""
        with self._lock:
            if self._newest is None or datetime.now(UTC) - self._newest.at > _KEPT:
                report = audit(self._engine, None, self._timers, WITHIN)
                self._newest = Checked(datetime.now(UTC), report)
            return self._newest
