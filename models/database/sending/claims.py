"""The claim: one short transaction that decides whether a message may leave and commits the right to one call."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.inbound.continuity import MAY_BE_MISSING
from models.database.locks import lock_for_claim, scopes_of
from models.database.permission.consent import REOPENING_SOURCES
from models.database.recovery.ledger_epoch import UNVERIFIED
from models.gate import Facts, Verdict, judge
from models.identity import callback_token, token_hash
from models.quiet_hours import WindowDecision
from models.sending import Claimed, SendStep

Row = Mapping[Any, Any]
WindowRule = Callable[[Row], WindowDecision]
"""Decides from a message row and its `now` whether its hour is allowed."""

_FIND = text(
    "SELECT id, client_id, channel, address_hash, run_id, state, reason, failure_class FROM message "
    "WHERE run_id = :run AND step = :step AND occurrence = :occurrence"
)

_REPEAT = text(
    """
    INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, region, immediate, consent_needed, subject, body, sealed_with, content_hash,
        approved_hash, state, lifetime, fence, checks_done, gate)
    SELECT :id, client_id, run_id, :send_key, step, :occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, region, immediate, consent_needed, subject, body, sealed_with, content_hash,
        approved_hash, 'ready', lifetime, 0, 0, '[]'
    FROM message WHERE run_id = :run AND step = :step AND occurrence = 1
    ON CONFLICT DO NOTHING
    """
)

_FACTS = text(
    f"""
    SELECT m.*, coalesce(m.expires_at, clock_timestamp() + m.lifetime) AS stale_at,
        r.owner, r.lead_id, r.away_until, clock_timestamp() AS now, current_setting('transaction_isolation') AS isolation,
        CASE WHEN r.roll_back_requested_by IS NOT NULL THEN 'rolled back'
             WHEN r.stop_requested_by IS NOT NULL THEN 'stopped'
             WHEN r.closed_at IS NOT NULL THEN 'closed'
             WHEN EXISTS (SELECT 1 FROM reply WHERE reply.run_id = m.run_id AND reply.ends_automation) THEN 'replied'
        END AS run_ended_by,
        (SELECT p.scope FROM pause p WHERE p.scope = ANY(:scopes) AND p.paused ORDER BY p.scope LIMIT 1) AS paused_by,
        {MAY_BE_MISSING} AS inbound_unsure, {UNVERIFIED} AS ledger_unverified,
        c.revoked, c.reopened, c.held, c.released, c.rung,
        EXISTS (SELECT 1 FROM approval_item i JOIN approval a ON a.id = i.approval_id
                WHERE i.content_hash = m.approved_hash AND a.superseded_at IS NULL
                  AND (a.subject = 'template' OR a.subject_id = m.run_id)
                  AND (SELECT d.decision FROM decision d WHERE d.approval_id = a.id ORDER BY d.id DESC LIMIT 1) = 'approve'
        ) AS approved,
        coalesce((SELECT t.closed_at IS NULL FROM owner_task t
                  WHERE t.kind = 'possible_duplicate' AND t.subject = m.id::text ORDER BY t.opened_at DESC LIMIT 1),
            EXISTS (SELECT 1 FROM message o WHERE o.client_id = m.client_id AND o.channel = m.channel
                    AND o.address_hash = m.address_hash AND o.content_hash = m.content_hash AND o.id <> m.id
                    AND o.state IN ('accepted', 'dispatching', 'unknown', 'escalated') AND o.failure_class IS NULL
                    AND coalesce(o.accepted_at, o.lease_until) > clock_timestamp() - interval '24 hours')
        ) AS same_text,
        (SELECT o.failure_class = 'bad_contact' FROM message o WHERE o.client_id = m.client_id AND o.channel = m.channel
            AND o.address_hash = m.address_hash AND o.id <> m.id AND (o.failure_class IS NOT NULL OR o.delivery = 'delivered')
            ORDER BY o.planned_at DESC LIMIT 1) IS TRUE AS cannot_receive
    FROM message m JOIN run r ON r.id = m.run_id
    CROSS JOIN LATERAL (
        SELECT max(id) FILTER (WHERE status = 'revoked') AS revoked,
               max(id) FILTER (WHERE status = 'granted' AND source = ANY(:reopening)) AS reopened,
               max(id) FILTER (WHERE status = 'held') AS held,
               max(id) FILTER (WHERE status = 'released') AS released,
               max(kind) FILTER (WHERE status = 'granted' AND id > coalesce(last_revoked, 0)) AS rung
        FROM (SELECT *, max(id) FILTER (WHERE status = 'revoked') OVER () AS last_revoked FROM consent
              WHERE client_id = m.client_id AND channel = m.channel AND address_hash = m.address_hash) of_address
    ) c
    WHERE m.id = :id FOR UPDATE OF m
    """
)

_CLAIM = text(
    """
    WITH claimed AS (
        UPDATE message SET state = 'dispatching', fence = fence + 1, reason = NULL, gate = CAST(:gate AS jsonb),
            expires_at = coalesce(expires_at, clock_timestamp() + lifetime),
            lease_until = clock_timestamp() + :lease, next_check_at = clock_timestamp() + :lease, checks_done = 0
        WHERE id = :id AND state = 'ready' AND fence = :fence - 1
        RETURNING id, fence, client_id, channel, address_hash, run_id, audience
    ), tried AS (
        INSERT INTO attempt (message_id, fence, token_hash, worker, workflow_run_id, activity_attempt)
        SELECT id, fence, :token_hash, :worker, :workflow_run_id, :activity_attempt FROM claimed
    ), logged AS (
        INSERT INTO claim_log (message_id, fence, client_id, channel, address_hash, scopes)
        SELECT id, fence, client_id, channel, address_hash, :scopes FROM claimed
    ), undoable AS (
        INSERT INTO undo (run_id, step, state, reason) SELECT run_id, 'send:' || id, 'registered', '' FROM claimed
        WHERE fence = 1 AND audience = 'contact'
    )
    SELECT count(*) FROM claimed
    """
)

_LAST_LOOK = text(
    """
    SELECT m.fence = :fence AND m.state = 'dispatching' AND m.lease_until > clock_timestamp()
        AND (m.audience <> 'contact' OR NOT EXISTS (SELECT 1 FROM pause p WHERE p.scope = ANY(:scopes) AND p.paused))
        AND NOT EXISTS (
            SELECT 1 FROM consent c WHERE c.client_id = m.client_id AND c.channel = m.channel
              AND c.address_hash = m.address_hash AND c.id > :consent_seen AND c.status IN ('revoked', 'held'))
        AND r.stop_requested_by IS NULL AND r.roll_back_requested_by IS NULL
    FROM message m JOIN run r ON r.id = m.run_id WHERE m.id = :id
    """
)


class UnsafeIsolation(Exception):
    """The claim ran above READ COMMITTED, where a claim that waited for a pause would not see it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who claims; kept for explanation, never for identity."""

    worker: str
    workflow_run_id: str | None = None
    activity_attempt: int | None = None


def find(session: Session, step: SendStep) -> Row | None:
    """Return the standing of a planned message, or None."""
    where = {"run": step.run_id, "step": step.step, "occurrence": step.occurrence}
    return session.execute(_FIND, where).mappings().first()


def plan_repeat(session: Session, step: SendStep, message_id: UUID, key: str) -> None:
    """Plan a further occurrence of a message with the same wording. Safe to repeat."""
    where = {"run": step.run_id, "step": step.step, "occurrence": step.occurrence}
    session.execute(_REPEAT, where | {"id": message_id, "send_key": key})


@dataclass(frozen=True, slots=True)
class Gathered:
    """The locked message row, what the gate saw in it, and the scopes it is in."""

    row: Row
    verdict: Verdict
    scopes: list[str]

    @property
    def consent_seen(self) -> int:
        """The newest consent event that the gate has seen."""
        return max(self.row[name] or 0 for name in ("revoked", "reopened", "held", "released"))


@dataclass(frozen=True, slots=True)
class Rules:
    """What the gate is set to: the window of allowed hours, how long web hooks may be silent, the ledger's epoch."""

    window: WindowRule
    inbound_silence: timedelta
    epoch: int


def gather(session: Session, found: Row, rules: Rules) -> Gathered:
    """Take the locks, then read the facts in a snapshot of after the wait, and judge."""
    scopes = scopes_of(found["client_id"], found["channel"], found["run_id"])
    lock_for_claim(session, scopes, found["address_hash"])
    where = {"id": found["id"], "scopes": scopes, "reopening": list(REOPENING_SOURCES)}
    settings = {"silence": rules.inbound_silence, "epoch": rules.epoch}
    row = session.execute(_FACTS, where | settings).mappings().one()
    if row["isolation"] != "read committed":
        raise UnsafeIsolation(row["isolation"])
    return Gathered(row, judge(_facts(row, rules.window(row))), scopes)


def commit_right_to_call(
    session: Session, gathered: Gathered, lease: timedelta, key: bytes, caller: Caller
) -> str | None:
    """Write the claim. Returns the attempt's token, or None if another worker was first."""
    row = gathered.row
    fence = row["fence"] + 1
    token = callback_token(key, row["id"], fence)
    claimed = session.execute(
        _CLAIM,
        {
            "id": row["id"],
            "fence": fence,
            "lease": lease,
            "gate": gate_json(gathered.verdict),
            "token_hash": token_hash(token),
            "scopes": gathered.scopes,
            "worker": caller.worker,
            "workflow_run_id": caller.workflow_run_id,
            "activity_attempt": caller.activity_attempt,
        },
    ).scalar_one()
    return token if claimed else None


def still_open(session: Session, claimed: Claimed) -> bool:
    """Look once more just before the call. It narrows a window; the guarantee rests on the claim alone."""
    where = {"id": claimed.message_id, "fence": claimed.fence, "scopes": list(claimed.scopes)}
    looked = session.execute(_LAST_LOOK, where | {"consent_seen": claimed.consent_seen})
    return bool(looked.scalar_one_or_none())


def transaction_id(session: Session) -> str:
    """Return the id by which `status_of` knows this transaction later."""
    return str(session.execute(text("SELECT pg_current_xact_id()")).scalar_one())


def status_of(session: Session, transaction_id: str) -> str | None:
    """Return what became of a recent transaction: `committed`, `aborted` or `in progress`."""
    where = {"id": transaction_id}
    status: str | None = session.execute(text("SELECT pg_xact_status(CAST(:id AS xid8))"), where).scalar_one()
    return status


def gate_json(verdict: Verdict) -> str:
    """Return the checks of a verdict as stored with the message."""
    return json.dumps([check.as_json() for check in verdict.checks])


def _facts(row: Row, window: WindowDecision) -> Facts:
    return Facts(
        now=row["now"],
        for_contact=row["audience"] == "contact",
        run_ended_by=row["run_ended_by"],
        paused_by=row["paused_by"],
        inbound_unsure=row["inbound_unsure"],
        ledger_unverified=row["ledger_unverified"],
        opted_out=_newer(row["revoked"], row["reopened"]),
        opt_out_in_doubt=_newer(row["held"], max(row["released"] or 0, row["revoked"] or 0)),
        consent_given=row["rung"] or 0,
        consent_needed=row["consent_needed"],
        approved=row["approved"],
        cannot_receive=row["cannot_receive"],
        expires_at=row["stale_at"],
        window=window,
        same_text_within_a_day=row["same_text"],
        away_until=row["away_until"],
    )


def _newer(event: int | None, undone_by: int | None) -> bool:
    return event is not None and (undone_by is None or undone_by < event)
