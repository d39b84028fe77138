"""Texts that their run has not read yet: `waiting` from the commit that stores them to the look that sees them.

A nudge tells the run. Should one come to nothing, it is given again; should the run be unable to look, a person answers.
Only the run that a text answers is watched so: where it ends other runs too, their nudges are in the outbox.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.database.inbound.answering import ask_to_answer
from models.database.outbox import announce_all
from models.database.stranded import GONE_TASK
from models.replies import ReplyLabel

SWEEPER = Origin("relay")
PATIENCE_SECONDS = 60

_READ = text("UPDATE inbox SET state = 'done' WHERE id = ANY(:ids) AND state = 'waiting'")
# The last write of a row was its arrival or the last reminder. After each the wait is twice as long, up to an hour, because
# a worker that is away finds every one of them in the history.
_REMIND = text(
    """
    UPDATE inbox SET tries = tries + 1 WHERE id IN (
        SELECT i.id FROM inbox i JOIN run r ON r.id = i.run_id
        WHERE i.state = 'waiting' AND i.kind IN ('sms', 'mail') AND r.closed_at IS NULL
            AND coalesce(pg_xact_commit_timestamp(i.xmin), i.received_at)
                < clock_timestamp() - make_interval(secs => least(:patience * power(2, i.tries), 3600))
            AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.run_id = i.run_id)
        ORDER BY i.received_at LIMIT 100 FOR UPDATE OF i SKIP LOCKED)
    RETURNING run_id
    """
)
_TAKE_BACK = text(
    """
    UPDATE inbox SET state = 'done' WHERE id IN (
        SELECT i.id FROM inbox i JOIN run r ON r.id = i.run_id
        WHERE i.state = 'waiting' AND i.kind IN ('sms', 'mail') AND (r.closed_at IS NOT NULL OR EXISTS (
            SELECT 1 FROM owner_task t WHERE t.kind = :gone AND t.subject = r.id::text AND t.closed_at IS NULL))
        ORDER BY i.received_at LIMIT 100 FOR UPDATE OF i SKIP LOCKED)
    RETURNING id, run_id
    """
)
_TO_ANSWER = text(
    """
    SELECT p.label, r.owner, r.client_id, r.id AS run_id, r.lead_id FROM reply p JOIN run r ON r.id = p.run_id
    WHERE p.inbox_id = :inbox AND p.run_id = :run AND p.ends_automation
    """
)


class Swept(NamedTuple):
    """How many runs were told again of what waits for them, and how many texts were left to people."""

    told_again: int
    left_to_people: int


def mark_read(session: Session, inbox_ids: Sequence[UUID]) -> None:
    """Note that a run has seen these texts, in the transaction in which it did."""
    session.execute(_READ, {"ids": list(inbox_ids)})


def sweep(engine: Engine, patience: float = PATIENCE_SECONDS) -> Swept:
    """Tell runs again, and leave to people what no run will read. Safe to repeat, and for several processes at once.

    `patience`: seconds that a text may wait before its run is told again.
    """
    with transaction(engine) as session:
        left = session.execute(_TAKE_BACK, {"gone": GONE_TASK}).all()
        for row in left:
            for reply in session.execute(_TO_ANSWER, {"inbox": row.id, "run": row.run_id}):
                about = Subject(reply.owner, reply.client_id, reply.run_id, reply.lead_id, channel="sms")
                ask_to_answer(session, ReplyLabel(reply.label), about, SWEEPER, late=True)
        waiting = set(session.execute(_REMIND, {"patience": patience}).scalars())
        announce_all(session, sorted(waiting))
    return Swept(len(waiting), len(left))
