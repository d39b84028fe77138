"""What one stack has to say at its end: the audit, and what became of every send whose answer was lost."""

import asyncio
from dataclasses import dataclass

from models.audit import AuditReport, log_files, read_record
from tests.faults.rig import Restless, Rig

ON_THE_WIRE = 1.0
"""Seconds; a request that a scenario has let go at its very end is in its provider's log by then."""
_LOST_ANSWERS = """
    SELECT m.id::text, m.escalated_at IS NOT NULL, told.source,
        extract(epoch FROM coalesce(told.at, m.escalated_at) - a.started_at)::float
    FROM attempt a JOIN message m ON m.id = a.message_id
    LEFT JOIN LATERAL (
        SELECT e.source, e.at FROM evidence e WHERE e.message_id = a.message_id AND e.fence = a.fence
          AND e.source <> 'check' AND e.kind NOT IN ('unknown', 'not_accepted') ORDER BY e.id LIMIT 1) told ON true
    WHERE NOT EXISTS (
        SELECT 1 FROM evidence e WHERE e.message_id = a.message_id AND e.fence = a.fence
          AND e.source = 'answer' AND e.kind IN ('accepted', 'not_accepted'))
"""
_LAST_LOOK = "SELECT count(*) FROM attempt WHERE reason = 'last_look'"
_TRIED_AGAIN = "SELECT DISTINCT message_id::text FROM attempt WHERE fence > 1 OR activity_attempt > 1"
_OF_TOKENS = "SELECT DISTINCT message_id::text FROM attempt WHERE token_hash = ANY(%s)"
_WHOSE = "SELECT id::text, address FROM message WHERE id::text = ANY(%s) OR run_id::text = ANY(%s)"


@dataclass(frozen=True)
class LostAnswer:
    """A call whose answer nobody read, and who told in its place."""

    told_by: str | None
    """callback, list, person …; None if nobody could tell."""
    was_escalated: bool
    seconds: float | None
    """From the claim until somebody told, or until a person was asked."""


@dataclass(frozen=True)
class StackRecord:
    """What is left when a stack is gone."""

    audit: AuditReport
    lost_answers: tuple[LostAnswer, ...]
    touched: int
    """Messages whose sending a fault has touched: the answer was spoiled or lost, or they were tried more than once."""
    saved_by_last_look: int
    """Claims that were given back because something had changed, or time had run, before the call."""
    culprits: dict[str, str]
    """The address behind each id that a violated invariant names."""
    restless: str | None = None
    """What was still under way although it should have been over; None if nothing was."""


async def record_of(rig: Rig) -> StackRecord:
    """Audit a stack and read the rest of its record, once nothing is under way or has been for far too long."""
    restless = None
    try:
        await rig.calm()
    except Restless as still:
        restless = str(still)
    await asyncio.sleep(ON_THE_WIRE)
    audit = await rig.audited()
    lost = await rig.ledger.rows(_LOST_ANSWERS)
    again = await rig.ledger.rows(_TRIED_AGAIN)
    spoiled = [
        call.token_hash for call in read_record(log_files([rig.stack.state])).calls if call.fault and call.token_hash
    ]
    hit = await rig.ledger.rows(_OF_TOKENS, spoiled)
    ((saved,),) = await rig.ledger.rows(_LAST_LOOK)
    named = [example for finding in audit.findings for example in finding.examples]
    return StackRecord(
        audit,
        tuple(LostAnswer(told_by, escalated, seconds) for _, escalated, told_by, seconds in lost),
        len({row[0] for row in (*lost, *again, *hit)}),
        saved,
        dict(await rig.ledger.rows(_WHOSE, named, named)) if named else {},
        restless,
    )
