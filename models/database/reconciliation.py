"""Finding out what became of calls whose outcome is unknown. On the database clock; the sweep never sends."""

from typing import Any

from sqlalchemy import Engine, text

from models.database import events
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.evidence import IN_DOUBT_TASK, Finding, apply_evidence
from models.event_kinds import EventKind
from models.reconciling import Doubt, Listed, Trace
from models.settings import TimerSettings
from models.terms import AttemptOutcome, EvidenceSource

RECONCILER = Origin("reconciler")

_LEASE_OVER = text(
    "SELECT id, fence FROM message WHERE state = 'dispatching' AND lease_until <= clock_timestamp() LIMIT 100"
)
_DUE = text(
    """
    UPDATE message m SET next_check_at = clock_timestamp() + make_interval(secs => 60)
    FROM attempt a
    WHERE a.message_id = m.id AND a.fence = m.fence AND m.id IN (
        SELECT id FROM message WHERE state = 'unknown' AND next_check_at <= clock_timestamp()
        ORDER BY next_check_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING m.id AS message_id, m.fence, m.provider, m.address, m.body, m.checks_done, m.lease_until,
              a.started_at AS claimed_at,
              clock_timestamp() > m.lease_until + :horizon AS is_overdue
    """
)
_NEXT_CHECK = text(
    "UPDATE message SET checks_done = checks_done + 1, next_check_at = lease_until + :after "
    "WHERE id = :id AND state = 'unknown'"
)
_ESCALATE = text(
    """
    UPDATE message m SET state = 'escalated', escalated_at = clock_timestamp(), next_check_at = NULL,
        checks_done = checks_done + 1
    FROM run r WHERE r.id = m.run_id AND m.id = :id AND m.state = 'unknown'
    RETURNING m.client_id, m.run_id, m.channel, m.fence, r.escalation_owner, r.lead_id
    """
)
_BOUND = text("SELECT provider_message_id FROM message WHERE provider = :provider AND provider_message_id = ANY(:ids)")
_INSTRUCTION = (
    "The provider's answer was lost; {seen}. Look it up at the provider, then say whether it was sent: "
    "POST /v1/messages/{message}/resolution, or `comms resolve`. Nothing is sent again by itself."
)


class Reconciliation:
    """The reconciler's side of the ledger."""

    def __init__(self, engine: Engine, timers: TimerSettings) -> None:
        self._engine = engine
        self._checks = timers.checks

    def end_leases(self) -> int:
        """Turn calls whose worker never reported into unknown outcomes. Returns how many."""
        with transaction(self._engine) as session:
            over = session.execute(_LEASE_OVER).all()
        for message_id, fence in over:
            finding = Finding(EvidenceSource.LEASE, AttemptOutcome.UNKNOWN, "lease_over", next_check=self._checks[0])
            with transaction(self._engine) as session:
                apply_evidence(session, message_id, fence, finding, RECONCILER)
        return len(over)

    def due(self, limit: int = 20) -> list[Doubt]:
        """Return messages to look up now, and keep them from other reconcilers for a minute."""
        with transaction(self._engine) as session:
            return [
                Doubt(**row)
                for row in session.execute(_DUE, {"limit": limit, "horizon": 2 * self._checks[-1]}).mappings()
            ]

    def unbound(self, provider: str, candidates: list[Listed]) -> list[Listed]:
        """Return the candidates that no message is bound to."""
        with transaction(self._engine) as session:
            where = {"provider": provider, "ids": [listed.provider_id for listed in candidates]}
            bound = set(session.execute(_BOUND, where).scalars())
        return [listed for listed in candidates if listed.provider_id not in bound]

    def found(self, doubt: Doubt, provider_id: str) -> None:
        """Bind what the provider's list shows to the message."""
        finding = Finding(EvidenceSource.LIST, AttemptOutcome.ACCEPTED, "listed", provider_id)
        with transaction(self._engine) as session:
            apply_evidence(session, doubt.message_id, doubt.fence, finding, RECONCILER)

    def not_found(self, doubt: Doubt, seen: Trace) -> bool:
        """Look again later, or after the last check give it to a person. Returns True if it was given to a person."""
        later = doubt.checks_done + 1
        with transaction(self._engine) as session:
            if later < len(self._checks) and seen is not Trace.SEVERAL and not doubt.is_overdue:
                session.execute(_NEXT_CHECK, {"id": doubt.message_id, "after": self._checks[later]})
                return False
            row = session.execute(_ESCALATE, {"id": doubt.message_id}).first()
            if row is None:
                return False
            about = Subject(row.escalation_owner, row.client_id, row.run_id, row.lead_id, doubt.message_id, row.channel)
            facts: dict[str, Any] = {"checks": later, "seen": seen, "claimed_at": doubt.claimed_at.isoformat()}
            events.record(session, EventKind.MESSAGE_ESCALATED, RECONCILER, about, **facts)
            instruction = _INSTRUCTION.format(seen=seen, message=doubt.message_id)
            order = TaskOrder(IN_DOUBT_TASK, str(doubt.message_id), instruction, facts)
            events.open_task(session, order, about, RECONCILER)
            return True
