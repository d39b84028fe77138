"""Letting stored reports take effect: oldest first, each in a transaction of its own, so that none can stop another.

Evidence is monotone, so their order does not matter; fairness does. Several processes may consume at once.
"""

import logging
from uuid import UUID

from sqlalchemy import Engine, Row, text
from sqlmodel import Session

from models.database.engine import transaction
from models.database.events import Origin
from models.database.inbound import reports
from models.database.inbound.callbacks import UNKNOWN_TOKEN, UNREADABLE, UNSETTLED, apply_report, set_aside
from models.database.inbound.reports import UnreadableReport
from models.sealing import KeyRing

log = logging.getLogger("inbox")
LIMIT = 100
MOST_TRIES = 6
"""The last is half a minute after the first: within the minute that whatever came in is taken care of."""

# A row was written last when it came in or when a try failed. That commit's time starts its wait: 1, 2, 4, 8, 16 seconds.
_DUE = text(
    """
    SELECT id FROM inbox WHERE state = 'waiting' AND kind NOT IN ('sms', 'mail') AND (tries = 0
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
            return list(session.execute(_DUE, {"limit": LIMIT}).scalars())

    def settle(self, inbox_id: UUID) -> bool:
        """Let one report take effect. Returns False if another process does, or if it must be tried again.

        What fails again and again is kept sealed and becomes an engineer's task.

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
            self._put_off(inbox_id)
            return False

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
