"""Whether what is written to us reaches us: signs of life of the web hooks, and the gaps between them.

A STOP that comes while the web hooks are away is lost to them: "for an error retrieving a SMS Request URL, an error is logged
and nothing more is done" (Twilio). So after every time in which nobody may have listened nothing is claimed for a contact
until the provider's own list of what came in has been read past its end.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.event_kinds import EventKind

INBOUND = "inbound"
LISTENER = Origin("api")

A_FEW = 2
"""Heartbeats without any sign after which nobody had listened before this process started."""
NOBODY_ELSE = 1.5
"""Heartbeats in which a process hears of everybody else who listens, even if they are late."""

MAY_BE_MISSING = f"""(
    EXISTS (SELECT 1 FROM inbound_gap g WHERE g.closed_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM heartbeat h WHERE h.part = '{INBOUND}' AND h.at > clock_timestamp() - :silence)
)"""
"""Whether something that was written to us may not have reached us, as SQL: the claim asks it before every message."""

_LAST_SIGN = text("SELECT at FROM heartbeat WHERE part = :part FOR UPDATE")
_SIGN = text(
    """
    INSERT INTO heartbeat (part, at) VALUES (:part, clock_timestamp())
    ON CONFLICT (part) DO UPDATE SET at = excluded.at RETURNING at
    """
)
_SILENT = text("UPDATE heartbeat SET at = clock_timestamp() - :silence WHERE part = :part")
_GAP = text("INSERT INTO inbound_gap (began_at, ended_at, found) VALUES (:began, :ended, 0) RETURNING id")


@dataclass(frozen=True, slots=True)
class Unheard:
    """A time in which nobody may have listened: from the last sign before it to the first after it."""

    began: datetime
    ended: datetime
    is_certain: bool


class Listener:
    """One process that takes in what is written to us, and shows again and again that it can.

    Whatever is refused meanwhile is lost to the web hooks, however short it was. So a gap is opened after every time in which
    nobody may have listened: after a silence of all, when this process could not write, and when it has started and nobody
    else listens, since it then takes the place of one that had gone. Others that listen show that by their own signs.

    Args:
        engine: by which the web hooks write too.
        heartbeat: how often every process gives a sign.
        silence: after this long without a sign nothing is claimed for contacts.
    """

    def __init__(self, engine: Engine, heartbeat: timedelta, silence: timedelta) -> None:
        self._engine = engine
        self._heartbeat = heartbeat
        self._silence = silence
        self._one_at_a_time = Lock()
        self._own: datetime | None = None
        self._heard: datetime | None = None
        """The last sign of anybody else."""
        self._has_failed = False
        self._unheard: Unheard | None = None

    def give_sign(self) -> bool:
        """Write that the web hooks can store what comes in. Returns whether they may have missed something, which is now a gap.

        Raises:
            SQLAlchemyError: they cannot. Safe to repeat.
        """
        with self._one_at_a_time:
            return self._give_sign()

    def _give_sign(self) -> bool:
        failed, self._has_failed = self._has_failed, True
        with transaction(self._engine) as session:
            before: datetime | None = session.execute(_LAST_SIGN, {"part": INBOUND}).scalar_one_or_none()
            now: datetime = session.execute(_SIGN, {"part": INBOUND}).scalar_one()
            unheard = self._judge(before, now, failed)
            if unheard is not None and unheard.is_certain:
                open_gap(session, unheard.began, unheard.ended)
        if before != self._own:
            self._heard = before
        self._own, self._has_failed = now, False
        is_certain = unheard is not None and unheard.is_certain
        self._unheard = None if is_certain else unheard
        return is_certain

    def leave(self) -> None:
        """Show that this process listens no longer; if nobody else does, nothing is claimed for contacts from now on.

        Raises:
            SQLAlchemyError: it could not be written down; then a silence will tell.
        """
        with self._one_at_a_time, transaction(self._engine) as session:
            before: datetime | None = session.execute(_LAST_SIGN, {"part": INBOUND}).scalar_one_or_none()
            now: datetime = session.execute(
                _SIGN, {"part": INBOUND}
            ).scalar_one()  # by which others see that one listened
            if before == self._own and (self._heard is None or self._is_over(self._heard, now)):
                session.execute(_SILENT, {"part": INBOUND, "silence": self._silence})

    def _judge(self, before: datetime | None, now: datetime, failed: bool) -> "Unheard | None":
        """Return the time up to now, or up to this process's start, in which nobody may have listened."""
        if before is None:
            return None
        if failed or now - before > self._silence:
            return Unheard(before, now, is_certain=True)
        if self._own is None:
            return Unheard(min(before, now), now, is_certain=now - before > A_FEW * self._heartbeat)
        if before != self._own or self._unheard is None:
            return None
        return replace(self._unheard, is_certain=self._is_over(self._unheard.ended, now))

    def _is_over(self, moment: datetime, now: datetime) -> bool:
        """Return whether everybody else who listens has been heard of since a moment."""
        return now - moment > NOBODY_ELSE * self._heartbeat


def open_gap(session: Session, began: datetime, ended: datetime) -> int:
    """Hold what goes to contacts until what came in between these moments is known. For a restored ledger as well.

    Returns the gap's id.
    """
    gap: int = session.execute(_GAP, {"began": began, "ended": ended}).scalar_one()
    seconds = round((ended - began).total_seconds())
    events.record(session, EventKind.INBOUND_GAP_OPENED, LISTENER, Subject(owner="engineer"), seconds=seconds)
    return gap
