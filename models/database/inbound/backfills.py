"""How far the provider's list of received texts has been read, and the outages that end by it."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.inbound import inbox, outdated_starts, poison
from models.database.inbound.continuity import MAY_BE_MISSING
from models.database.inbound.inbox import TWILIO, InboundText
from models.database.outbox import announce_all
from models.database.surroundings import is_of_surroundings
from models.event_kinds import EventKind
from models.patience_settings import TimerSettings
from models.receiving import OVERLAP, PROVIDER_DELAY, Reading, Received
from models.sealing import KeyRing
from models.sending import HoldReason

log = logging.getLogger("worker")
BACKFILL = Origin("backfill")
UNREAD_TASK = "received_list_unreadable"
ENGINEER = Subject(owner="engineer", channel="sms")

# From the beginning of every open outage, not only from the high water: an outage may be declared afterwards.
_DUE = text(
    """
    SELECT clock.now - :delay AS until, least(min(b.high_water), min(g.began_at), clock.now) - :overlap AS since,
        coalesce(array_agg(g.id) FILTER (WHERE g.ended_at <= clock.now - :delay), '{}') AS gaps,
        min(b.at) IS NULL OR min(b.at) <= clock.now - :every AS is_time
    FROM (SELECT clock_timestamp() AS now) clock
        LEFT JOIN backfill b ON b.source = :source LEFT JOIN inbound_gap g ON g.closed_at IS NULL
    GROUP BY clock.now
    """
)
_KNOWN = text("SELECT dedupe_key FROM inbox WHERE source = :source AND dedupe_key = ANY(:ids)")
_READ_UP_TO = text(
    """
    INSERT INTO backfill (source, high_water, at) VALUES (:source, :until, clock_timestamp())
    ON CONFLICT (source) DO UPDATE SET high_water = greatest(backfill.high_water, excluded.high_water), at = excluded.at
    """
)
# Counted from the beginning of the outage: what was found before it was declared belongs to it too.
_CLOSE = text(
    f"""
    UPDATE inbound_gap g SET closed_at = clock_timestamp(), found = (
        SELECT count(*) FROM event e WHERE e.kind = '{EventKind.INBOUND_BACKFILLED}' AND e.at >= g.began_at)
    WHERE id = ANY(:gaps) AND closed_at IS NULL
    RETURNING found, ended_at - began_at AS lasted
    """
)
# Only while the claim would let them pass: what is held all the same would have been told in vain.
_HELD = text(
    f"""
    SELECT DISTINCT m.run_id FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.state = 'ready' AND m.reason = :reason AND r.closed_at IS NULL AND NOT {MAY_BE_MISSING}
    """
)
_IS_OPEN = text("SELECT EXISTS (SELECT 1 FROM inbound_gap WHERE closed_at IS NULL)")


class Backfills:
    """The backfill's side of the rows. Several processes may use it at once: everything is taken in once, and ends once.

    Args:
        engine: the way to the rows.
        ring: seals what is taken in.
        timers: how often the list is read, and how long the web hooks may be silent.
    """

    def __init__(self, engine: Engine, ring: KeyRing, timers: TimerSettings) -> None:
        self._engine = engine
        self._ring = ring
        self._every = timers.backfill
        self._silence = timers.inbound_silence

    def due(self, *, at_once: bool = False) -> Reading | None:
        """Return what is to be read now, on the database's clock; None if it is not time and no outage can be ended."""
        where: dict[str, object] = {"source": TWILIO.source, "delay": PROVIDER_DELAY, "overlap": OVERLAP}
        with transaction(self._engine) as session:
            row = session.execute(_DUE, where | {"every": self._every}).one()
        if at_once or row.is_time or row.gaps:
            return Reading(row.since, row.until, tuple(row.gaps))
        return None

    def missing(self, received: Sequence[Received]) -> list[Received]:
        """Return what no web hook has brought."""
        with transaction(self._engine) as session:
            ids = [message.provider_id for message in received]
            known = set(session.execute(_KNOWN, {"source": TWILIO.source, "ids": ids}).scalars())
        return [message for message in received if message.provider_id not in known]

    def take_in(self, message: Received) -> bool:
        """Take in one text as its web hook would have; what cannot be taken in is set aside for an engineer.

        Returns False if its web hook was faster.

        Raises:
            SQLAlchemyError: the database can take in nothing now.
        """
        body = message.body.replace("\x00", "")
        received = InboundText(message.provider_id, message.sender.strip(), body, None, message.raw)
        try:
            with transaction(self._engine) as session:
                return self._take_in(session, received, message.received_at)
        except Exception as error:
            if is_of_surroundings(error):
                raise
            # One text must not keep the others waiting, and all sending with them. The error's text may hold an address.
            facts = {"provider_id": message.provider_id, "error": type(error).__name__}
            log.error("a received text could not be taken in", extra=facts)
        with transaction(self._engine) as session:
            inbox_id = self._store(session, received)
            if inbox_id is not None:
                poison.set_text_aside(session, inbox_id, received, BACKFILL)
            return inbox_id is not None

    def _take_in(self, session: Session, message: InboundText, received_at: datetime) -> bool:
        inbox_id = self._store(session, message)
        if inbox_id is None:
            return False
        if outdated_starts.is_outdated_start(session, message, received_at):
            outdated_starts.ask_them(session, inbox_id, message, BACKFILL)
        else:
            inbox.take_in(session, inbox_id, message)
        return True

    def _store(self, session: Session, message: InboundText) -> UUID | None:
        inbox_id = inbox.store_text(session, self._ring, message)
        if inbox_id is not None:
            events.record(session, EventKind.INBOUND_BACKFILLED, BACKFILL, ENGINEER, inbox=str(inbox_id))
        return inbox_id

    def finish(self, reading: Reading, *, listed: bool) -> None:
        """Note how far the list was read, end the outages behind that, and tell every run that they held.

        Args:
            reading: what was due.
            listed: False if there is no account and so no list; the outages end all the same, and say so.
        """
        with transaction(self._engine) as session:
            session.execute(_READ_UP_TO, {"source": TWILIO.source, "until": reading.until})
            for gap in session.execute(_CLOSE, {"gaps": list(reading.gaps)}):
                facts = {"found": gap.found, "listed": listed, "seconds": _seconds(gap.lasted)}
                events.record(session, EventKind.INBOUND_GAP_CLOSED, BACKFILL, ENGINEER, **facts)
            events.close_tasks(session, UNREAD_TASK, TWILIO.source, BACKFILL)
            held = {"reason": HoldReason.INBOUND_GAP, "silence": self._silence}
            announce_all(session, list(session.execute(_HELD, held).scalars()))

    def cannot_read(self, code: str) -> None:
        """Tell an engineer, once, that the list cannot be read, and whether sending is held because of it."""
        with transaction(self._engine) as session:
            events.open_task(session, _unread(code, held=_outage_is_open(session)), ENGINEER, BACKFILL)


def _outage_is_open(session: Session) -> bool:
    return bool(session.execute(_IS_OPEN).scalar_one())


def _unread(code: str, *, held: bool) -> TaskOrder:
    effect = _HOLDS if held else _WILL_HOLD
    return TaskOrder(UNREAD_TASK, TWILIO.source, f"{effect} {_PUT_RIGHT}", {"code": code, "sending_is_held": held})


def _seconds(lasted: timedelta) -> int:
    return round(lasted.total_seconds())


_HOLDS = (
    "Sending to contacts is held because the web hooks were away and Twilio's list of received texts, which may hold a STOP "
    "from that time, cannot be read."
)
_WILL_HOLD = (
    "Twilio's list of received texts cannot be read, so that a text its web hook did not bring stays unknown. After the next "
    "outage of the web hooks sending to contacts will be held because of that."
)
_PUT_RIGHT = (
    "Check COMMS_TWILIO__… and Twilio's status; it is tried again all the time, and this task closes by itself."
)
