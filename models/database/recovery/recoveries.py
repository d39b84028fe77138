"""A reconciliation's side of the rows: what may have left, what the provider's list is bound to, and the report."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.engine import now, transaction
from models.database.events import Subject, TaskOrder
from models.database.inbound import orphan_reports
from models.database.inbound.continuity import open_gap
from models.database.inbound.inbox import TWILIO
from models.database.recovery import inquiries, ledger_epoch, possibly_left, recovered
from models.database.recovery.recovered import RECOVERED, RECOVERY
from models.reconciling import Doubt
from models.recovering import Asked, Recorded
from models.sealing import KeyRing
from models.terms import IN_DOUBT

ROWLESS_TASK = "workflows_without_rows"
MOST_NAMED = 100

_READ_AGAIN = text("UPDATE backfill SET high_water = least(high_water, :since)")
_BOUND = text("SELECT provider_message_id FROM message WHERE provider = :provider AND provider_message_id = ANY(:ids)")
_UNFINISHED = text(
    """
    SELECT m.id AS message_id, m.fence, m.provider, m.address, m.body, m.checks_done, m.planned_at AS claimed_at,
        clock_timestamp() AS lease_until
    FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.provider = :provider AND m.address = ANY(:addresses) AND m.state = ANY(:states)
        AND (r.closed_at IS NULL OR r.closed_at >= :since) AND m.provider_message_id IS NULL AND m.sealed_with IS NULL
    """
)
_FOREIGN = text(
    """
    INSERT INTO foreign_message (provider, provider_message_id, to_sha256, body_sha256, created_at)
    VALUES (:provider, :id, :to, :body, :created_at) ON CONFLICT DO NOTHING
    """
)
_ROWLESS = text(
    "SELECT id FROM unnest(CAST(:runs AS uuid[])) AS id WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.id = id.id) ORDER BY id"
)
_GAP = text("SELECT closed_at IS NOT NULL AS is_closed, found FROM inbound_gap WHERE id = :gap")
_COUNTS = text(
    """
    SELECT (SELECT count(DISTINCT e.message_id) FROM evidence e WHERE e.reason = :recovered AND e.at >= i.asked_at) AS bound,
        (SELECT count(*) FROM foreign_message f WHERE f.found_at >= i.asked_at) AS foreign_new,
        (SELECT count(*) FROM foreign_message f WHERE f.created_at >= i.since) AS foreign_known,
        (SELECT count(*) FROM owner_task t WHERE t.kind = :task AND t.evidence ->> 'why' = :why AND t.opened_at >= i.asked_at)
            AS to_person
    FROM inquiry i WHERE i.id = :id
    """
)


class Recoveries:
    """Rows of a ledger that may have lost some.

    Args:
        engine: the way to the rows.
        callback_key: keys the tokens of attempts.
        ring: opens reports that found no attempt.
        epoch: that of the settings.
    """

    def __init__(self, engine: Engine, callback_key: bytes, ring: KeyRing, epoch: int) -> None:
        self._engine = engine
        self._key = callback_key
        self._ring = ring
        self._epoch = epoch

    def hold_if_replaced(self) -> bool:
        """Notice a ledger that is not the one that was released; returns whether it was noticed just now."""
        return ledger_epoch.hold_if_replaced(self._engine, self._epoch, RECOVERY)

    def taken(self) -> AbstractContextManager[Asked | None]:
        """Give what was asked for to this process, until the end of the block; None if there is nothing."""
        return inquiries.taken(self._engine)

    def begin(self, asked: Asked, listed: Sequence[str]) -> None:
        """Have what came in since then read again, and hold what may have left through providers without a list.

        Safe to repeat: a comparison that could not be finished begins anew.
        """
        with transaction(self._engine) as session:
            session.execute(_READ_AGAIN, {"since": asked.since})
            if "gap" not in inquiries.existing(session, asked.id).report:  # it may be the hundredth try
                inquiries.report(session, asked.id, gap=open_gap(session, asked.since, now(session)))
        orphan_reports.bind(self._engine, self._ring, self._key, asked.since)
        with transaction(self._engine) as session:
            held_since = ledger_epoch.standing(session).held_since
            if held_since is not None:
                possibly_left.hold_unlisted(session, list(listed), held_since)

    def progress(self, asked: Asked, read: int) -> None:
        """Note how many of the provider's messages have been read."""
        inquiries.progress(self._engine, asked.id, read)

    def interrupted(self, asked: Asked, code: str) -> None:
        """Note what stands in the way now."""
        inquiries.interrupted(self._engine, asked.id, code)

    def unbound(self, recorded: Sequence[Recorded]) -> list[Recorded]:
        """Return what no message is bound to."""
        with transaction(self._engine) as session:
            where = {"provider": TWILIO.source, "ids": [one.listed.provider_id for one in recorded]}
            bound = set(session.execute(_BOUND, where).scalars())
        return [one for one in recorded if one.listed.provider_id not in bound]

    def unfinished(self, asked: Asked, recorded: Iterable[Recorded]) -> list[Doubt]:
        """Return our messages to the same recipients that may have left."""
        addresses, states = list({one.listed.to for one in recorded}), [*recovered.UNSENT, *IN_DOUBT]
        where = {"provider": TWILIO.source, "addresses": addresses, "states": states, "since": asked.since}
        with transaction(self._engine) as session:
            return [Doubt(**row) for row in session.execute(_UNFINISHED, where).mappings()]

    def bind(self, row: Doubt, one: Recorded) -> None:
        """Record that a message is the one that the provider lists."""
        recovered.bind(self._engine, self._key, row.message_id, recovered.finding_of(one), one.listed.created_at)

    def keep_foreign(self, foreign: Iterable[Recorded]) -> None:
        """Keep what nobody can assign, as hashes, and hold what goes to the same recipients for a person."""
        for one in foreign:
            listed = one.listed
            hashed = {"to": _sha256(listed.to), "body": _sha256(listed.body)}
            known = {"provider": TWILIO.source, "id": listed.provider_id, "created_at": listed.created_at}
            with transaction(self._engine) as session:
                session.execute(_FOREIGN, hashed | known)
                possibly_left.hold_same_address(session, TWILIO.source, one)

    def compared(self, asked: Asked, running: Sequence[UUID] | None) -> None:
        """Note that the ledger has been compared.

        Args:
            asked: the reconciliation.
            running: the runs whose workflows run; None if the workflow server did not answer.
        """
        with transaction(self._engine) as session:
            rowless = None if running is None else _rowless(session, running)
            if rowless:
                evidence = {"runs": rowless[:MOST_NAMED], "count": len(rowless)}
                order = TaskOrder(ROWLESS_TASK, ledger_epoch.ABOUT, _ENTER_AGAIN, evidence)
                events.open_task(session, order, Subject(owner="engineer"), RECOVERY)
            inquiries.report(session, asked.id, compared=True, workflows_without_rows=rowless)

    def finish(self, asked: Asked) -> bool:
        """Finish the report once what came in has been read too. Returns whether it has been."""
        with transaction(self._engine) as session:
            row = inquiries.existing(session, asked.id)
            gap = session.execute(_GAP, {"gap": row.report["gap"]}).one()
            if not gap.is_closed:
                return False
            where = {
                "id": asked.id,
                "recovered": RECOVERED,
                "task": recovered.MAY_HAVE_LEFT_TASK,
                "why": possibly_left.WHY,
            }
            counts = dict(session.execute(_COUNTS, where).mappings().one())
            inquiries.report(session, asked.id, is_finished=True, inbound=gap.found, read=row.done, **counts)
            return True


def _rowless(session: Session, running: Sequence[UUID]) -> list[str]:
    return [str(run) for run in session.execute(_ROWLESS, {"runs": list(running)}).scalars()]


def _sha256(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


_ENTER_AGAIN = (
    "These workflows run, and the restored ledger has no rows of their runs: they were asked for after the backup. Nothing of "
    "them is sent. Find their leads in the systems they came from and enter them again; the workflows end by themselves."
)
