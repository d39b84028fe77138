"""Forged web hooks, counted: at most one event a minute, so that a flood of them cannot fill the log."""

import logging
import threading
import time
from collections import Counter
from http import HTTPStatus

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.event_kinds import EventKind
from starter.problems import Problem

TWILIO = Origin("twilio", "unverified")
LEADS = Origin("lead_source", "unverified")
QUICKBOOKS = Origin("quickbooks", "unverified")
CRM = Origin("crm", "unverified")
EVERY_SECONDS = 60.0
log = logging.getLogger(__name__)


class RefusalCount:
    """Counts what was refused and writes it down now and then. Nothing of a refused request is kept.

    Args:
        engine: where the events go.
        every: seconds between two events.
        origin: whose web hooks they claim to be.
        channel: what they would have brought; None if no messages.
    """

    def __init__(
        self, engine: Engine, every: float = EVERY_SECONDS, origin: Origin = TWILIO, channel: str | None = "sms"
    ) -> None:
        self._engine = engine
        self._every = every
        self._origin = origin
        self._about = Subject(owner="engineer", channel=channel)
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()
        self._next_event = 0.0

    def refuse(self, reason: str) -> Problem:
        """Count a refusal; return what to answer."""
        log.warning("web hook refused", extra={"reason": reason})
        with self._lock:
            self._counted[reason] += 1
            due = time.monotonic() >= self._next_event
        if due:
            self.write()
        return Problem(HTTPStatus.FORBIDDEN, "the signature does not match this request")

    def write(self) -> None:
        """Write down what was counted since the last time, if anything was."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
            self._next_event = time.monotonic() + self._every
        if not counted:
            return
        reason, _ = counted.most_common(1)[0]
        try:
            with transaction(self._engine) as session:
                events.record(session, EventKind.WEB_HOOK_REFUSED, self._origin, self._about, reason, **counted)
        except SQLAlchemyError as error:
            log.error("refused web hooks were not recorded", extra={"error": type(error).__name__, **counted})
            with self._lock:
                self._counted.update(counted)
