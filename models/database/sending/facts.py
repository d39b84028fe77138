"""What the gate asks of the rows about one message: one statement, for claims, for explanations and for those who look ahead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.database.inbound.continuity import MAY_BE_MISSING
from models.database.locks import SCOPES_OF_MESSAGE, WITH_SEQUENCE
from models.database.permission import marks
from models.database.permission.approval_standing import OF_MESSAGE
from models.database.permission.consent import REOPENING_SOURCES
from models.database.permission.scopes import HOLDS
from models.database.recovery.ledger_epoch import UNVERIFIED
from models.database.sending import rules_in_force
from models.database.sending.rows import Row
from models.database.sending.turns import CROWD, TURN
from models.database.wording import NEWEST
from models.gate import Facts
from models.pausing import SPARING
from models.sending_hours import SendingDecision
from models.wording.judging import objection

WhenRule = Callable[[Session, Row], SendingDecision]
"""Decides from the facts of a message whether hour, caps and order allow it."""

FACTS = f"""
    SELECT m.*, {SCOPES_OF_MESSAGE} AS scopes,
        -- What a pause spares does not get older while it lasts, counted from when it first became due.
        coalesce(m.expires_at + CASE WHEN p.spared_since IS NULL THEN interval '0' ELSE greatest(interval '0',
                     clock_timestamp() - greatest(p.spared_since, m.expires_at - m.lifetime)) END,
                 clock_timestamp() + m.lifetime) AS stale_at,
        p.paused_by, p.passed_by, {TURN} AS turn,
        {NEWEST} AS wording,
        m.audience <> 'test' OR EXISTS (
            SELECT 1 FROM staff WHERE handle = r.requested_by AND active
                AND m.address = CASE m.channel WHEN 'sms' THEN staff.phone ELSE staff.email END) AS is_own_address,
        r.kind AS run_kind, r.owner, r.lead_id, r.away_until, clock_timestamp() AS now,
        current_setting('transaction_isolation') AS isolation,
        CASE WHEN r.roll_back_requested_by IS NOT NULL THEN 'rolled back'
             WHEN r.stop_requested_by IS NOT NULL THEN 'stopped'
             WHEN r.closed_at IS NOT NULL THEN 'closed'
             WHEN EXISTS (SELECT 1 FROM reply WHERE reply.run_id = m.run_id AND reply.ends_automation) THEN 'replied'
        END AS run_ended_by,
        {rules_in_force.FACTS}, {MAY_BE_MISSING} AS inbound_unsure, {UNVERIFIED} AS ledger_unverified,
        c.revoked, c.reopened, c.held, c.released, c.rung,
        {OF_MESSAGE} AS approved, {marks.OF_MESSAGE} AS decisions,
        coalesce((SELECT t.closed_at IS NULL FROM owner_task t
                  WHERE t.kind = 'possible_duplicate' AND t.subject = m.id::text ORDER BY t.opened_at DESC LIMIT 1),
            EXISTS (SELECT 1 FROM message o WHERE o.client_id = m.client_id AND o.channel = m.channel
                    AND o.address_hash = m.address_hash AND o.content_hash = m.content_hash AND o.id <> m.id
                    AND o.state IN ('accepted', 'dispatching', 'unknown', 'escalated') AND o.failure_class IS NULL
                    AND coalesce(o.accepted_at, o.lease_until) > clock_timestamp() - interval '24 hours')
        ) AS same_text,
        (SELECT o.failure_class IS NOT DISTINCT FROM 'bad_contact' FROM message o
            WHERE o.client_id = m.client_id AND o.channel = m.channel AND o.address_hash = m.address_hash AND o.id <> m.id
              AND (o.failure_class IS NOT NULL OR o.delivery = 'delivered')
            ORDER BY o.planned_at DESC LIMIT 1) AS found_dead,
        EXISTS (SELECT 1 FROM phone_line n WHERE m.channel = 'sms' AND n.client_id = m.client_id
            AND n.address_hash = m.address_hash AND n.line_type = 'landline') AS landline
    FROM message m JOIN run r ON r.id = m.run_id {WITH_SEQUENCE} {CROWD} LEFT JOIN lead l ON l.id = r.lead_id
    CROSS JOIN {rules_in_force.TOUCHED}
    CROSS JOIN LATERAL (
        SELECT min(p.scope) FILTER (WHERE {HOLDS} AND p.id <> ALL (CAST(:lifted AS uuid[]))) AS paused_by,
            min(p.scope) FILTER (WHERE NOT {HOLDS}) AS passed_by,
            min(p.at) FILTER (WHERE {HOLDS} AND p.held_work = ANY (:sparing)) AS spared_since
        FROM pause p WHERE p.paused AND p.scope = ANY ({SCOPES_OF_MESSAGE})
    ) p
    CROSS JOIN LATERAL (
        SELECT max(id) FILTER (WHERE status = 'revoked') AS revoked,
               max(id) FILTER (WHERE status = 'granted' AND source = ANY(:reopening)) AS reopened,
               max(id) FILTER (WHERE status = 'held') AS held,
               max(id) FILTER (WHERE status = 'released') AS released,
               max(kind) FILTER (WHERE status = 'granted' AND id > coalesce(last_revoked, 0)) AS rung
        FROM (SELECT *, max(id) FILTER (WHERE status = 'revoked') OVER () AS last_revoked FROM consent
              WHERE client_id = m.client_id AND channel = m.channel AND address_hash = m.address_hash) of_address
    ) c
"""
"""All that the gate asks of a message `m`, as SQL; `:lifted` are pauses to be left out, for those who look ahead."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the gate is set to: the rules of when, how long web hooks may be silent, the ledger's epoch."""

    when: WhenRule
    inbound_silence: timedelta
    epoch: int


def facts_asked(rules: Rules, lifted: Sequence[UUID] = ()) -> dict[str, Any]:
    """Return the parameters of `FACTS`."""
    return {
        "reopening": list(REOPENING_SOURCES),
        "silence": rules.inbound_silence,
        "epoch": rules.epoch,
        "sparing": list(SPARING),
        "lifted": list(lifted),
    }


def facts_of(session: Session, row: Row, decision: SendingDecision) -> Facts:
    """Return what the gate judges a row of `FACTS` by. A decision that does not carry its mark approves nothing."""
    return Facts(
        now=row["now"],
        for_contact=row["audience"] == "contact",
        for_test=row["audience"] == "test",
        is_own_address=row["is_own_address"],
        run_ended_by=row["run_ended_by"],
        paused_by=row["paused_by"],
        passed_by=row["passed_by"],
        inbound_unsure=row["inbound_unsure"],
        ledger_unverified=row["ledger_unverified"],
        opted_out=_newer(row["revoked"], row["reopened"]),
        opt_out_in_doubt=_newer(row["held"], max(row["released"] or 0, row["revoked"] or 0)),
        consent_given=row["rung"] or 0,
        consent_needed=row["consent_needed"],
        approved=row["approved"] and marks.are_genuine(session, row["decisions"]),
        cannot_receive=row["landline"] if row["found_dead"] is None else row["found_dead"],
        expires_at=row["stale_at"],
        window=decision.window,
        follow_up_over=decision.cap.saw if decision.cap and decision.cap.until is None else None,
        cap=decision.cap,
        gives_way_to=decision.gives_way_to,
        same_text_within_a_day=row["same_text"],
        turn_at=row["turn"],
        away_until=row["away_until"],
        wording_objection=objection(row["wording"], row["approved_hash"] == row["content_hash"]),
        landline=row["landline"] and row["found_dead"] is None,
    )


def _newer(event: int | None, undone_by: int | None) -> bool:
    return event is not None and (undone_by is None or undone_by < event)
