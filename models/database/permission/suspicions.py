"""What makes the service pause by itself: each suspicion is one question to the rows, with its scope and its evidence.

Only what has happened since the last pause of the same scope for the same reason was lifted counts: who lifts it has decided on
what came before.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.database.inbound.backfills import ENGINEER
from models.database.inbound.inbox import TWILIO
from models.database.permission.pauses import Terms
from models.database.recovery.inquiries import AUDIT
from models.database.sending.evidence import CONFLICT_TASK
from models.leads.terms import LeadEventState, Way
from models.patience_settings import PauseSettings
from models.pausing import LiftRule, PauseCode
from models.plurals import counted


def _since_lifted(scope: str, code: PauseCode) -> str:
    """Since when something counts for a scope and a reason, as SQL."""
    lifted = f"SELECT max(p.lifted_at) FROM pause p WHERE p.scope = {scope} AND p.code = '{code}'"
    return f"coalesce(({lifted}), '-infinity')"


_CHANNEL = "'channel:' || m.client_id || ':' || m.channel"
_RATES = text(
    f"""
    WITH reported AS (
        SELECT {_CHANNEL} AS scope, a.ended_at, r.escalation_owner, m.failure_class, m.delivery
        FROM attempt a JOIN message m ON m.id = a.message_id AND m.fence = a.fence JOIN run r ON r.id = m.run_id
        WHERE a.ended_at > clock_timestamp() - CAST(:window AS interval) AND m.audience = 'contact'
          AND (m.failure_class IS NOT NULL OR m.delivery = 'delivered')
    )
    SELECT scope, max(escalation_owner) AS owner,
        count(*) FILTER (WHERE ended_at > {_since_lifted("reported.scope", PauseCode.DELIVERY)}) AS reported,
        count(*) FILTER (WHERE ended_at > {_since_lifted("reported.scope", PauseCode.DELIVERY)}
                         AND failure_class NOT IN ('suppressed', 'config')) AS failed,
        count(*) FILTER (WHERE ended_at > {_since_lifted("reported.scope", PauseCode.COMPLIANCE)}) AS asked,
        count(*) FILTER (WHERE ended_at > {_since_lifted("reported.scope", PauseCode.COMPLIANCE)}
                         AND delivery = 'complained') AS complained
    FROM reported GROUP BY scope
    """
)
_CONFLICTS = text(
    f"""
    SELECT conflict.scope, conflict.owner, conflict.message FROM (
        SELECT CASE WHEN (t.evidence ->> 'accepted_twice')::boolean THEN {_CHANNEL} ELSE 'run:' || m.run_id END AS scope,
            r.escalation_owner AS owner, t.subject AS message, t.opened_at
        FROM owner_task t JOIN message m ON m.id = t.message_id JOIN run r ON r.id = m.run_id
        WHERE t.kind = '{CONFLICT_TASK}' AND t.closed_at IS NULL AND m.audience = 'contact'
          AND ((t.evidence ->> 'accepted_twice')::boolean OR r.closed_at IS NULL)
    ) conflict WHERE conflict.opened_at > {_since_lifted("conflict.scope", PauseCode.SUSPECTED_DUPLICATE)}
    """
)
_SILENT = text(
    f"""
    SELECT provider.name AS provider, count(*) AS accepted, min(newest.ended_at) AS since
    FROM (SELECT DISTINCT m.provider AS name FROM attempt a JOIN message m ON m.id = a.message_id
          WHERE a.ended_at > clock_timestamp() - interval '1 day' AND a.outcome = 'accepted') provider
    CROSS JOIN LATERAL (
        SELECT a.message_id, a.ended_at FROM attempt a JOIN message m ON m.id = a.message_id
        WHERE m.provider = provider.name AND a.outcome = 'accepted'
          AND a.ended_at > greatest(clock_timestamp() - interval '1 day',
                                    {_since_lifted("'provider:' || provider.name", PauseCode.WEB_HOOK)})
          AND a.ended_at < clock_timestamp() - CAST(:window AS interval)
        ORDER BY a.ended_at DESC LIMIT :silent
    ) newest
    GROUP BY provider.name
    HAVING count(*) = :silent AND NOT bool_or(EXISTS (
        SELECT 1 FROM evidence e WHERE e.message_id = newest.message_id AND e.source = 'callback'))
    """
)
_STALE = text("SELECT at FROM backfill WHERE source = :source AND at < clock_timestamp() - CAST(:stale AS interval)")
_REFUSED = text(
    f"""
    SELECT p.evidence ->> 'provider' AS provider, count(*) AS channels, array_agg(DISTINCT p.evidence ->> 'code') AS codes
    FROM pause p WHERE p.paused AND p.code = '{PauseCode.SET_UP}' AND p.scope LIKE 'channel:%'
      AND p.at > {_since_lifted("'provider:' || (p.evidence ->> 'provider')", PauseCode.SET_UP)}
    GROUP BY 1 HAVING count(*) >= :clients
    """
)


_IMPORTED = text(
    f"""
    SELECT 'client:' || e.client_id AS scope, max(e.owner) AS owner, count(*) AS imported,
        count(*) FILTER (WHERE e.state = '{LeadEventState.NEEDS_PERSON}') AS unclear
    FROM lead_event e
    WHERE e.way = '{Way.IMPORT}' AND e.received_at > clock_timestamp() - CAST(:window AS interval)
      AND e.received_at > {_since_lifted("'client:' || e.client_id", PauseCode.IMPORT)}
    GROUP BY e.client_id
    """
)
_BROKEN_PROMISES = text(
    f"""
    SELECT newest.id AS audit, found.invariant, found.bad FROM (
        SELECT * FROM inquiry WHERE kind = '{AUDIT}' AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1) newest
    CROSS JOIN LATERAL jsonb_to_recordset(newest.report -> 'findings') AS found (invariant text, bad int)
    WHERE found.bad > 0 AND found.invariant = ANY(:invariants)
      AND newest.finished_at > coalesce((SELECT max(p.lifted_at) FROM pause p
                                         WHERE p.scope = 'everything' AND p.code = :code), '-infinity')
    ORDER BY found.invariant
    """
)
_BREAK = {PauseCode.PRIVACY: ["I13", "I21"], PauseCode.COMPLIANCE: ["I10", "I11", "I12", "I19", "I22"]}
"""Which promises of the audit (`models.audit`) are about privacy and which about permission."""


def found(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """Return every pause that is called for now, also those that hold already."""
    for code, look in _LOOKS:
        if code in settings.automatic:
            yield from look(session, settings)


def is_fresh(session: Session, settings: PauseSettings) -> bool:
    """Return whether the list of received texts is read again: what lifts the pause for stale data."""
    return not list(stale(session, settings))


def delivery(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """A channel of a client on which too much is not delivered."""
    for row in session.execute(_RATES, {"window": settings.window}):
        if row.reported >= settings.delivery_minimum and row.failed / row.reported >= settings.delivery_share:
            why = f"{row.failed} of {counted(row.reported, 'message was', 'messages were')} not delivered"
            yield _terms(row.scope, why, row.owner, PauseCode.DELIVERY, failed=row.failed, reported=row.reported)


def complaints(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """A channel of a client about which too many people complain."""
    for row in session.execute(_RATES, {"window": settings.window}):
        if row.complained >= _COMPLAINTS and row.complained / row.asked >= settings.complaint_share:
            why = f"{row.complained} of {counted(row.asked, 'person', 'people')} complained"
            facts = {"complained": row.complained, "reported": row.asked}
            yield _terms(row.scope, why, row.owner, PauseCode.COMPLIANCE, **facts)


def imports(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """A client for whom too large a share of imported leads is unclear: the others may have been read wrongly too."""
    for row in session.execute(_IMPORTED, {"window": settings.window}):
        if row.imported >= settings.import_minimum and row.unclear / row.imported >= settings.import_share:
            why = f"{row.unclear} of {row.imported} imported leads are incomplete or contradict themselves; check the columns"
            yield _terms(row.scope, why, row.owner, PauseCode.IMPORT, unclear=row.unclear, imported=row.imported)


def broken_promises(session: Session, settings: PauseSettings, code: PauseCode) -> Iterator[Terms]:
    """Everything, if the newest audit has found broken what protects people: one broken case is not the only one for long."""
    rows = session.execute(_BROKEN_PROMISES, {"code": code, "invariants": _BREAK[code]}).all()
    if rows:
        named = {row.invariant: row.bad for row in rows}
        why = f"the audit has found promises broken: {', '.join(named)}; see its task"
        yield _terms("everything", why, ENGINEER.owner, code, broken=named, audit=str(rows[0].audit))


def duplicates(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """A channel of a client on which a message was accepted twice, or a run whose evidence disagrees."""
    for row in session.execute(_CONFLICTS):
        why = "two sources disagree about a message; somebody may have received it twice"
        yield _terms(row.scope, why, row.owner, PauseCode.SUSPECTED_DUPLICATE, message=row.message)


def silence(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """A provider that accepts messages and whose reports do not reach us: failures and opt-outs would go unnoticed."""
    asked = {"window": settings.window, "silent": settings.silent_callbacks}
    for row in session.execute(_SILENT, asked):
        scope = f"provider:{row.provider}"
        why = f"nothing was reported of the last {row.accepted} accepted messages; check its web hooks and their secret"
        facts = {"accepted": row.accepted, "since": row.since.isoformat()}
        yield _terms(scope, why, ENGINEER.owner, PauseCode.WEB_HOOK, **facts)


def stale(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """The provider whose list of received texts cannot be read: an opt-out that a web hook missed would go unnoticed."""
    asked = {"source": TWILIO.source, "stale": settings.stale_after}
    for row in session.execute(_STALE, asked):
        why = "its list of received texts was not read for too long; lifts itself once it is read again"
        facts = {"read_at": row.at.isoformat()}
        scope = f"provider:{TWILIO.source}"
        yield _terms(scope, why, ENGINEER.owner, PauseCode.STALE_SOURCE, LiftRule.WHEN_FRESH, **facts)


def refused(session: Session, settings: PauseSettings) -> Iterator[Terms]:
    """A provider that refuses our set-up for several clients: it is not their numbers, it is our account."""
    for row in session.execute(_REFUSED, {"clients": settings.refused_clients}):
        why = f"it refuses our set-up on {row.channels} channels; check the account and its credentials"
        facts = {"channels": row.channels, "codes": list(row.codes)}
        yield _terms(f"provider:{row.provider}", why, ENGINEER.owner, PauseCode.SET_UP, **facts)


_COMPLAINTS = 3
_LOOKS: tuple[tuple[PauseCode, Callable[[Session, PauseSettings], Iterator[Terms]]], ...] = (
    (PauseCode.DELIVERY, delivery),
    (PauseCode.COMPLIANCE, complaints),
    (PauseCode.COMPLIANCE, partial(broken_promises, code=PauseCode.COMPLIANCE)),
    (PauseCode.PRIVACY, partial(broken_promises, code=PauseCode.PRIVACY)),
    (PauseCode.IMPORT, imports),
    (PauseCode.SUSPECTED_DUPLICATE, duplicates),
    (PauseCode.WEB_HOOK, silence),
    (PauseCode.STALE_SOURCE, stale),
    (PauseCode.SET_UP, refused),
)


def _terms(scope: str, why: str, owner: str, code: PauseCode, lift_rule: LiftRule | None = None, **facts: Any) -> Terms:
    return Terms(scope, why, owner, code, lift_rule=lift_rule, evidence=facts)
