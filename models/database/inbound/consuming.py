"""Letting stored reports take effect: oldest first, each in a transaction of its own, so that none can stop another.

Evidence is monotone, so their order does not matter; fairness does. Several processes may consume at once.
"""

import logging
from uuid import UUID

from sqlalchemy import Engine, Row, text
from sqlmodel import Session

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.inbound import reports
from models.database.inbound.callbacks import UNKNOWN_TOKEN, UNREADABLE, UNSETTLED, apply_report, set_aside
from models.database.inbound.reports import UnreadableReport
from models.database.surroundings import is_of_surroundings
from models.sealing import KeyRing

log = logging.getLogger("inbox")
LIMIT = 100
RELAY = Origin("relay")
PATIENCE_SECONDS = 60
MOST_TRIES = 6
"""The last is half a minute after the first: within the minute that whatever came in is taken care of."""

KEY_TASK = "sealing_key_missing"
"""Its subject is the id of the key."""

# A row was written last when it came in or when a try failed. That commit's time starts its wait: 1, 2, 4, 8, 16 seconds.
# What was sealed with a key that is not loaded here waits, and keeps nothing else waiting.
_DUE = text(
    """
    SELECT id FROM inbox WHERE state = 'waiting' AND kind NOT IN ('sms', 'mail') AND sealed_with = ANY(:keys) AND (tries = 0
        OR coalesce(pg_xact_commit_timestamp(xmin), received_at)
           <= clock_timestamp() - make_interval(secs => power(2, tries - 1)))
    ORDER BY received_at LIMIT :limit
    """
)
_LOCK = text(
    """
    SELECT id, source, kind, token_hash, sealed_with, sealed_body FROM inbox
    WHERE id = :id AND state = 'waiting' FOR UPDATE SKIP LOCKED
    """
)
_DONE = text("UPDATE inbox SET state = 'done' WHERE id = :id")
_FAILED = text(
    "UPDATE inbox SET tries = tries + 1 WHERE id = :id AND state = 'waiting' RETURNING source, tries >= :most AS given_up"
)
_KEYS_MISSED = text(
    """
    SELECT DISTINCT sealed_with FROM inbox WHERE state = 'waiting' AND kind <> 'sms' AND NOT sealed_with = ANY(:keys)
        AND received_at < clock_timestamp() - make_interval(secs => :patience)
    """
)
_KEYS_NO_LONGER_MISSED = text(
    """
    SELECT t.subject FROM owner_task t WHERE t.kind = :kind AND t.closed_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM inbox i WHERE i.state = 'waiting' AND i.kind <> 'sms' AND i.sealed_with = t.subject)
    """
)


class WaitingReports:
    """What has come in and has not taken effect.

    Args:
        engine: the way to the rows.
        ring: opens what is sealed.
    """

    def __init__(self, engine: Engine, ring: KeyRing) -> None:
        self._engine = engine
        self._ring = ring

    def due(self) -> list[UUID]:
        """Return what to settle now, oldest first, at most `LIMIT`."""
        with transaction(self._engine) as session:
            return list(session.execute(_DUE, {"limit": LIMIT, "keys": self._ring.ids}).scalars())

    def settle(self, inbox_id: UUID) -> bool:
        """Let one report take effect. Returns False if another process does, or if it must be tried again.

        What fails again and again is kept sealed and becomes an engineer's task. Failures of what surrounds it do not count.

        Raises:
            SQLAlchemyError: the database cannot even write down that it failed.
        """
        try:
            with transaction(self._engine) as session:
                row = session.execute(_LOCK, {"id": inbox_id}).first()
                if row is not None:
                    self._take_effect(session, row)
                return row is not None
        except Exception as error:
            # Whatever it is, it must not keep the others waiting. Its text may hold an address.
            log.error("a report took no effect", extra={"inbox": str(inbox_id), "error": type(error).__name__})
            if not is_of_surroundings(error):
                self._put_off(inbox_id)
            return False

    def tell_of_missing_keys(self, patience: float = PATIENCE_SECONDS) -> list[str]:
        """Ask an engineer, once, for the keys of reports that no process has opened. Returns their ids. Safe to repeat.

        `patience`: seconds that another process, which may have the key already, is given.
        """
        with transaction(self._engine) as session:
            where = {"keys": self._ring.ids, "patience": patience}
            missed = session.execute(_KEYS_MISSED, where).scalars().all()
            told = [key_id for key_id in missed if events.open_task(session, _load(key_id), _ENGINEER, RELAY)]
            for key_id in session.execute(_KEYS_NO_LONGER_MISSED, {"kind": KEY_TASK}).scalars().all():
                events.close_tasks(session, KEY_TASK, key_id, RELAY)
        return told

    def _take_effect(self, session: Session, row: Row[tuple[object, ...]]) -> None:
        origin = Origin(row.source, row.source)
        try:
            report = reports.read(row.kind, self._ring.open(row.sealed_with, bytes(row.sealed_body)), row.token_hash)
        except UnreadableReport:
            set_aside(session, row.id, UNREADABLE, origin)
            return
        if report.token_hash and apply_report(session, report.token_hash, report.finding, origin):
            session.execute(_DONE, {"id": row.id})
        else:  # the attempt is committed before its provider is called, so no later commit can make it known
            set_aside(session, row.id, UNKNOWN_TOKEN, origin)

    def _put_off(self, inbox_id: UUID) -> None:
        with transaction(self._engine) as session:
            row = session.execute(_FAILED, {"id": inbox_id, "most": MOST_TRIES}).first()
            if row is not None and row.given_up:
                set_aside(session, inbox_id, UNSETTLED, Origin(row.source, row.source))


def _load(key_id: str) -> TaskOrder:
    return TaskOrder(KEY_TASK, key_id, _LOAD_IT, {"key": key_id})


_ENGINEER = Subject(owner="engineer")
_LOAD_IT = (
    "Reports of providers are sealed with a key that the relay does not have, so they cannot take effect. Put the key with "
    "this id back into COMMS_KEYS__SEALING and start the relay again. They wait; the task closes by itself."
)
