"""How a run stands, read in one statement: what the workflow decides on each time it is nudged."""

from datetime import UTC
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.inbound.unread import mark_read
from models.database.permission.approval_standing import STATE
from models.database.permission.scopes import HOLDS
from models.errors import UnknownRecord
from models.failure_classes import FailureClass
from models.outreach import MessageNews, Situation
from models.replies import ReplyLabel
from models.sending import NotSentReason
from models.terms import TO_SEVERAL_PEOPLE, ApprovalState, MessageState

_LOOK = text(
    f"""
    SELECT r.away_until, r.stop_requested_by IS NOT NULL AS stopped, r.roll_back_requested_by IS NOT NULL AS rolled_back,
        (SELECT label FROM reply WHERE reply.run_id = r.id AND reply.ends_automation ORDER BY reply.at LIMIT 1) AS reply,
        r.kind <> ALL (:to_several_people) AND EXISTS (
                SELECT 1 FROM consent c JOIN message m ON m.client_id = c.client_id AND m.channel = c.channel
                AND m.address_hash = c.address_hash
                WHERE m.run_id = r.id AND m.audience = 'contact' AND c.status = 'revoked' AND c.at > r.requested_at
        ) AS opted_out,
        (SELECT p.scope FROM pause p WHERE p.paused AND {HOLDS} AND (p.scope = ANY (whole.scopes)
            OR p.scope LIKE 'channel:' || r.client_id || ':%' OR p.scope IN (
                SELECT 'provider:' || m.provider FROM message m WHERE m.run_id = r.id AND m.audience = 'contact'))
            ORDER BY p.scope LIMIT 1) AS paused_by,
        clock.stood_still, clock.stands_still,
        -- Of several reviews the least favourable.
        (SELECT {STATE} AS state FROM approval a WHERE a.subject = 'run' AND a.subject_id = r.id AND a.superseded_at IS NULL
            ORDER BY array_position(ARRAY['rejected', 'expired', 'waiting', 'approved'], {STATE}) LIMIT 1) AS approval,
        (SELECT coalesce(json_agg(json_build_array(m.step, m.occurrence, m.state, m.reason, m.failure_class)
                                  ORDER BY m.position, m.occurrence), '[]')
            FROM message m WHERE m.run_id = r.id AND m.audience = 'contact') AS messages,
        (SELECT array_agg(i.id) FROM inbox i WHERE i.run_id = r.id AND i.state = 'waiting') AS unread
    FROM run r LEFT JOIN sequence s ON s.id = r.sequence_id
    CROSS JOIN LATERAL (SELECT ARRAY['everything', 'kind:' || r.kind, 'sequence:' || s.key, 'client:' || r.client_id,
                                     'run:' || r.id] AS scopes) whole
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(upper(span) - lower(span)), interval '0') AS stood_still,
            coalesce(bool_or(stands_still), false) AS stands_still
        FROM (SELECT unnest(range_agg(tstzrange(greatest(p.at, r.requested_at), coalesce(p.lifted_at, clock_timestamp()))))
                  AS span, bool_or(p.paused) AS stands_still
              FROM pause p WHERE p.held_work = 'freeze_clock' AND {HOLDS} AND p.scope = ANY (whole.scopes)
                AND coalesce(p.lifted_at, 'infinity') > r.requested_at) freezes
    ) clock
    WHERE r.id = :run
    """
)


def look(session: Session, run_id: UUID) -> Situation:
    """Return how a run stands; what came in for it is then read. Raises UnknownRecord."""
    row = session.execute(_LOOK, {"run": run_id, "to_several_people": list(TO_SEVERAL_PEOPLE)}).mappings().first()
    if row is None:
        raise UnknownRecord(f"no run {run_id}")
    if row["unread"]:
        mark_read(session, row["unread"])
    return Situation(
        approval=ApprovalState(row["approval"] or ApprovalState.APPROVED),
        reply=ReplyLabel(row["reply"]) if row["reply"] else None,
        opted_out=row["opted_out"],
        stopped=row["stopped"],
        rolled_back=row["rolled_back"],
        paused_by=_kind_of_scope(row["paused_by"]),
        stood_still=row["stood_still"],
        stands_still=row["stands_still"],
        away_until=row["away_until"].astimezone(UTC) if row["away_until"] else None,
        messages=tuple(_news(*message) for message in row["messages"]),
    )


def _kind_of_scope(scope: str | None) -> str | None:
    return scope.partition(":")[0] if scope else None


def _news(step: str, occurrence: int, state: str, reason: str | None, failure: str | None) -> MessageNews:
    return MessageNews(
        step=step,
        occurrence=occurrence,
        state=MessageState(state),
        reason=NotSentReason(reason) if reason in set(NotSentReason) else None,
        failure=FailureClass(failure) if failure else None,
    )
