"""Whether the ledger is whole: noticing that it was restored or replaced, holding it, and a person's release."""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.outbox import announce_all
from models.database.recovery import inquiries
from models.errors import Final
from models.event_kinds import EventKind

LEDGER_TASK = "ledger_unverified"
ABOUT = "ledger"
ENGINEER = Subject(owner="engineer")
UNVERIFIED = """NOT EXISTS (
    SELECT 1 FROM ledger_epoch e WHERE e.held_since IS NULL AND e.epoch = :epoch AND e.incarnation = ledger_incarnation()
)"""
"""Whether this is not the ledger that was released, as SQL: the claim asks it before every message."""

# What is noticed is also written down: a second restore during a hold then differs again, and starts a hold of its own.
_HOLD = text(
    """
    INSERT INTO ledger_epoch (id, epoch, incarnation, held_since, reason, released_by)
    VALUES (1, :epoch, ledger_incarnation(), clock_timestamp(), 'missing', '')
    ON CONFLICT (id) DO UPDATE SET epoch = greatest(ledger_epoch.epoch, excluded.epoch), incarnation = excluded.incarnation,
        held_since = excluded.held_since, at = clock_timestamp(),
        reason = CASE WHEN ledger_epoch.incarnation <> excluded.incarnation THEN 'replaced' ELSE 'epoch_raised' END
    WHERE ledger_epoch.epoch < excluded.epoch OR ledger_epoch.incarnation <> excluded.incarnation
    RETURNING reason
    """
)
_STANDING = text(
    """
    SELECT epoch, incarnation = ledger_incarnation() AS incarnation_fits, held_since, reason, released_by, at,
        CASE WHEN held_since IS NOT NULL THEN
            (SELECT e.at FROM event e WHERE e.at < l.held_since ORDER BY e.id DESC LIMIT 1) END AS last_line_at
    FROM ledger_epoch l WHERE id = 1
    """
)
_LOCK = text("SELECT epoch, held_since FROM ledger_epoch WHERE id = 1 FOR UPDATE")
_RELEASE = text(
    """
    UPDATE ledger_epoch SET held_since = NULL, reason = '', released_by = :by, at = clock_timestamp() WHERE id = 1
    """
)
_OPEN_RUNS = text("SELECT id FROM run WHERE closed_at IS NULL")


class NotReleasable(Final):
    """The ledger may not be released yet. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """How the ledger stands. `last_line_at` is the newest line of the event log from before the hold."""

    epoch: int
    incarnation_fits: bool
    held_since: datetime | None
    reason: str
    released_by: str
    at: datetime
    last_line_at: datetime | None


def hold_if_replaced(engine: Engine, epoch: int, origin: Origin) -> bool:
    """Hold the ledger, with an event and a task, if it is not the one that was released. Safe to repeat, and cheap.

    Claims need no notice: they compare by themselves. This tells people.

    Args:
        engine: the way to the rows.
        epoch: that of the settings. A lower one than the ledger's holds only the process that has it.
        origin: who has noticed.

    Returns:
        Whether it was noticed just now.
    """
    with transaction(engine) as session:
        reason = session.execute(_HOLD, {"epoch": epoch}).scalar_one_or_none()
        if reason is None:
            return False
        events.record(session, EventKind.LEDGER_HELD, origin, ENGINEER, reason)
        events.open_task(session, TaskOrder(LEDGER_TASK, ABOUT, _INSTRUCTION, {"reason": reason}), ENGINEER, origin)
        return True


def tell_if_replaced(engine: Engine, epoch: int, origin: Origin, log: logging.Logger) -> None:
    """Do as `hold_if_replaced`, and say it in the log too."""
    if hold_if_replaced(engine, epoch, origin):
        log.error("the ledger was restored or replaced; nothing is sent to contacts until a person releases it")


def standing(session: Session) -> LedgerStanding:
    """Return how the ledger stands."""
    return LedgerStanding(**session.execute(_STANDING).mappings().one())


def release(session: Session, epoch: int, origin: Origin) -> bool:
    """Let sending to contacts go on, and have every open run look at its rows anew. Returns False if it was not held.

    Call `hold_if_replaced` before, in a transaction of its own.

    Raises:
        NotReleasable: no reconciliation has finished since the hold began, one is under way, or the settings are old.
    """
    row = session.execute(_LOCK).one()
    if epoch < row.epoch:
        raise NotReleasable(f"this process runs with epoch {epoch}; set COMMS_DATABASE__EPOCH={row.epoch} everywhere")
    if row.held_since is None:
        return False
    if inquiries.is_under_way(session):
        raise NotReleasable("a reconciliation is under way; wait for its report, then release")
    if not inquiries.has_finished_since(session, row.held_since):
        raise NotReleasable(
            "no reconciliation has finished since the hold began; run `comms reconcile --since …` first"
        )
    session.execute(_RELEASE, {"by": origin.actor})
    events.record(session, EventKind.LEDGER_RELEASED, origin, ENGINEER, epoch=row.epoch)
    events.close_tasks(session, LEDGER_TASK, ABOUT, origin)
    # All of them, not only those that were held: workflows may know more or less than the rows, and some have ended.
    announce_all(session, list(session.execute(_OPEN_RUNS).scalars()))
    return True


_INSTRUCTION = (
    "The database was restored, failed over or replaced, so rows about messages that were sent may be missing. Nothing is sent "
    "to contacts. Find the moment from which rows may be missing (that of the backup), run `comms reconcile --since MOMENT`, "
    "read its report and decide its tasks, then run `comms release-ledger`."
)
