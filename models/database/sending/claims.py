"""The claim: one short transaction that decides whether a message may leave and commits the right to one call."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import Session

from models.database.locks import SCOPES_OF_MESSAGE, WITH_SEQUENCE, lock_for_claim
from models.database.safety import UnsafeIsolation
from models.database.sending.facts import FACTS, Rules, facts_asked, facts_of
from models.database.sending.rows import Row
from models.database.sending.rules_in_force import decision_json
from models.database.sending.wording_of_message import with_wording
from models.database.wording import check_at, look_at
from models.gate import Facts, Verdict, judge
from models.identity import callback_token, token_hash
from models.sending import SendStep
from models.sending_hours import SendingDecision

_FIND = text(
    f"""
    SELECT m.id, m.send_key, m.client_id, m.channel, m.address_hash, m.run_id, m.state, m.reason, m.failure_class,
        {SCOPES_OF_MESSAGE} AS scopes
    FROM message m JOIN run r ON r.id = m.run_id {WITH_SEQUENCE}
    WHERE m.run_id = :run AND m.step = :step AND m.occurrence = :occurrence
    """
)

_REPEAT = text(
    """
    INSERT INTO message (id, client_id, run_id, send_key, step, occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, places, immediate, consent_needed, subject, body, sealed_with, content_hash,
        approved_hash, state, lifetime, fence, checks_done, gate)
    SELECT :id, client_id, run_id, :send_key, step, :occurrence, position, audience, channel, provider, address,
        address_hash, time_zones, places, immediate, consent_needed, subject, body, sealed_with, content_hash,
        approved_hash, 'ready', lifetime, 0, 0, '[]'
    FROM message WHERE run_id = :run AND step = :step AND occurrence = 1
    ON CONFLICT DO NOTHING
    """
)

_FACTS = text(f"{FACTS} WHERE m.id = :id")
_FACTS_TO_CLAIM = text(f"{_FACTS.text} FOR UPDATE OF m")

_CLAIM = text(
    """
    WITH claimed AS (
        UPDATE message SET state = 'dispatching', fence = fence + 1, reason = NULL, gate = CAST(:gate AS jsonb),
            window_decision = CAST(:decision AS jsonb), expires_at = coalesce(expires_at, clock_timestamp() + lifetime),
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
        INSERT INTO undo (run_id, step, kind, about, state, reason)
        SELECT run_id, 'send:' || id, 'sent_message', id, 'registered', '' FROM claimed
        WHERE fence = 1 AND audience = 'contact' ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM claimed
    """
)


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
    """The message row with its facts, what the gate made of them, and the scopes it is in."""

    row: Row
    facts: Facts
    verdict: Verdict
    scopes: list[str]
    decision: SendingDecision

    @property
    def consent_seen(self) -> int:
        """The newest consent event that the gate has seen."""
        return max(self.row[name] or 0 for name in ("revoked", "reopened", "held", "released"))

    @property
    def valid_for(self) -> timedelta:
        """How long its provider may keep trying: until the hours are over, or the message gets stale."""
        fresh: timedelta = self.row["stale_at"] - self.row["now"]
        return min(fresh, self.decision.window.closes_in or fresh)


def gather(session: Session, found: Row, rules: Rules) -> Gathered:
    """Take the locks, then read the facts in a snapshot of after the wait, and judge."""
    scopes = found["scopes"]
    lock_for_claim(session, scopes, found["address_hash"])
    row = _read(session, _FACTS_TO_CLAIM, found, rules)
    if row["isolation"] != "read committed":
        raise UnsafeIsolation(row["isolation"])
    return _judged(session, with_wording(session, row, check_at), scopes, rules)


def look(session: Session, found: Row, rules: Rules) -> Gathered:
    """Judge a message as `gather` would, for whoever wants to know: takes no lock, writes nothing, permits nothing."""
    row = with_wording(session, _read(session, _FACTS, found, rules), look_at)
    return _judged(session, row, found["scopes"], rules)


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
            **explained(gathered),
            "token_hash": token_hash(token),
            "scopes": gathered.scopes,
            "worker": caller.worker,
            "workflow_run_id": caller.workflow_run_id,
            "activity_attempt": caller.activity_attempt,
        },
    ).scalar_one()
    return token if claimed else None


def explained(gathered: Gathered) -> dict[str, str]:
    """Return what is stored of how a message was judged: the checks with their moment, and what the sending rules said."""
    at = gathered.facts.now.isoformat()
    gate = [check.as_json() | {"at": at} for check in gathered.verdict.checks]
    return {"gate": json.dumps(gate), "decision": json.dumps(decision_json(gathered.decision))}


def _read(session: Session, query: TextClause, found: Row, rules: Rules) -> Row:
    return session.execute(query, facts_asked(rules) | {"id": found["id"]}).mappings().one()


def _judged(session: Session, row: Row, scopes: Sequence[str | None], rules: Rules) -> Gathered:
    decision = rules.when(session, row)
    facts = facts_of(session, row, decision)
    return Gathered(row, facts, judge(facts), [scope for scope in scopes if scope is not None], decision)
