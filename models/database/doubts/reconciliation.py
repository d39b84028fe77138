"""Finding out what became of calls whose outcome is unknown. On the database clock; the sweep never sends."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.database import events
from models.database.doubts import doubt_story, event_silence, resend_outcomes
from models.database.engine import transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.sending.evidence import IN_DOUBT_TASK, Finding, apply_evidence
from models.event_kinds import EventKind
from models.patience_settings import TimerSettings
from models.reconciling import BEFORE_EXPIRY, Doubt, Listed, Look, Trace, candidates, weigh
from models.terms import AttemptOutcome, EvidenceSource

RECONCILER = Origin("reconciler")

_LEASE_OVER = text(
    "SELECT id, fence FROM message WHERE state = 'dispatching' AND lease_until <= clock_timestamp() LIMIT 100"
)
_DOUBT = """
    m.id AS message_id, m.fence, m.provider, m.address, m.body, m.checks_done, m.lease_until, a.started_at AS claimed_at
"""
_DUE = text(
    f"""
    WITH due AS (
        SELECT id, next_check_at FROM message WHERE state = 'unknown' AND next_check_at <= clock_timestamp()
        ORDER BY next_check_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE message m SET next_check_at = least(clock_timestamp() + :kept,
        CASE WHEN m.expires_at - :before_expiry > clock_timestamp() THEN m.expires_at - :before_expiry END)
    FROM due, attempt a
    WHERE due.id = m.id AND a.message_id = m.id AND a.fence = m.fence
    RETURNING {_DOUBT}, due.next_check_at AS due_at,
        clock_timestamp() > m.lease_until + :horizon * 2
            OR coalesce(m.expires_at - :before_expiry <= clock_timestamp(), false) AS is_overdue,
        clock_timestamp() >= m.lease_until + :email_patience AS has_waited_for_events
    """
)
_CONFIRMED = text(
    f"""
    SELECT {_DOUBT}, r.confirmed_at, clock_timestamp() > r.confirmed_at + make_interval(mins => 2) AS is_overdue
    FROM resend r JOIN message m ON m.id = r.message_id AND m.fence = r.fence
        JOIN attempt a ON a.message_id = m.id AND a.fence = m.fence
    WHERE r.confirmed_at IS NOT NULL AND r.result IS NULL ORDER BY r.confirmed_at LIMIT :limit
    """
)
_RIVALS = text(
    f"""
    SELECT {_DOUBT} FROM message m JOIN attempt a ON a.message_id = m.id AND a.fence = m.fence
    WHERE m.address = :address AND m.provider = :provider AND m.id <> :id
      AND m.state IN ('dispatching', 'unknown', 'escalated')
    """
)
_STAYS_DUE = text("UPDATE message SET next_check_at = :due_at WHERE id = :id AND fence = :fence AND state = 'unknown'")
_NEXT_CHECK = text(
    "UPDATE message SET checks_done = checks_done + 1, "
    "next_check_at = least(lease_until + :after, expires_at - :before_expiry) WHERE id = :id AND state = 'unknown'"
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


class Reconciliation:
    """The reconciler's side of the ledger."""

    def __init__(self, engine: Engine, timers: TimerSettings) -> None:
        self._engine = engine
        self._checks = timers.checks
        self._kept = timers.start_to_close
        self._email_patience = timers.email_patience

    def end_leases(self) -> int:
        """Turn calls whose worker never reported into unknown outcomes. Returns how many."""
        with transaction(self._engine) as session:
            over = session.execute(_LEASE_OVER).all()
        for message_id, fence in over:
            finding = Finding(EvidenceSource.LEASE, AttemptOutcome.UNKNOWN, "lease_over", next_check=self._checks[0])
            with transaction(self._engine) as session:
                apply_evidence(session, message_id, fence, finding, RECONCILER)
        return len(over)

    def tidy(self) -> None:
        """Close what news has settled meanwhile: wishes to send again, the task about missing events."""
        with transaction(self._engine) as session:
            resend_outcomes.close_overtaken(session, RECONCILER)
            event_silence.close_if_broken(session, RECONCILER)

    def due(self, limit: int = 20) -> list[Doubt]:
        """Return messages to look up now, and keep them from other reconcilers meanwhile: by default for a minute."""
        where = {
            "limit": limit,
            "kept": self._kept,
            "horizon": self._checks[-1],
            "email_patience": self._email_patience,
            "before_expiry": BEFORE_EXPIRY,
        }
        with transaction(self._engine) as session:
            found = [Doubt(**row) for row in session.execute(_DUE, where).mappings()]
        return sorted(found, key=lambda doubt: doubt.due_at or doubt.claimed_at)

    def put_back(self, doubts: Sequence[Doubt]) -> None:
        """Leave messages due that could not be looked up now; they keep their place."""
        waiting = [doubt for doubt in doubts if doubt.due_at is not None]
        if waiting:
            with transaction(self._engine) as session:
                where = [{"id": one.message_id, "fence": one.fence, "due_at": one.due_at} for one in waiting]
                session.execute(_STAYS_DUE, where)

    def compare(self, doubt: Doubt, listed: Iterable[Listed]) -> Look:
        """Return what a provider's list proves of a doubt."""
        likely = candidates(doubt, listed)
        if not likely:
            return Look(Trace.NONE)
        with transaction(self._engine) as session:
            where = {"provider": doubt.provider, "ids": [one.provider_id for one in likely]}
            bound = set(session.execute(_BOUND, where).scalars())
            others = {"id": doubt.message_id, "address": doubt.address, "provider": doubt.provider}
            rivals = [Doubt(**row) for row in session.execute(_RIVALS, others).mappings()]
        return weigh([one for one in likely if one.provider_id not in bound], rivals)

    def look_at_events(self, doubt: Doubt) -> Look:
        """Return what the silence of a provider that keeps no list proves of a doubt."""
        with transaction(self._engine) as session:
            return Look(event_silence.means(session, doubt.message_id, doubt.fence))

    def found(self, doubt: Doubt, provider_id: str) -> None:
        """Bind what the provider's list shows to the message."""
        finding = Finding(EvidenceSource.LIST, AttemptOutcome.ACCEPTED, "listed", provider_id)
        with transaction(self._engine) as session:
            apply_evidence(session, doubt.message_id, doubt.fence, finding, RECONCILER)

    def not_found(self, doubt: Doubt, look: Look) -> bool:
        """Look again later, or after the last check give it to a person. Returns True if it was given to a person."""
        with transaction(self._engine) as session:
            doubt_story.note(session, doubt, look.seen)
            if self._is_last(doubt, look.seen):
                return _escalate(session, doubt, look)
            after = self._email_patience if look.seen.is_of_events else self._checks[doubt.checks_done + 1]
            where = {"id": doubt.message_id, "after": after, "before_expiry": BEFORE_EXPIRY}
            session.execute(_NEXT_CHECK, where)
            return False

    def _is_last(self, doubt: Doubt, seen: Trace) -> bool:
        if seen.is_of_events:
            return doubt.has_waited_for_events or doubt.is_overdue
        done = doubt.checks_done + 1
        return done >= len(self._checks) or seen in (Trace.SEVERAL, Trace.SHARED) or doubt.is_overdue

    def confirmed(self, limit: int = 20) -> list[Doubt]:
        """Return messages that two people want sent again, to be looked up once more."""
        with transaction(self._engine) as session:
            return [Doubt(**row) for row in session.execute(_CONFIRMED, {"limit": limit}).mappings()]

    def settle_resend(self, doubt: Doubt, look: Look) -> bool:
        """Do what the fresh look allows. Returns False if it was settled by somebody else."""
        with transaction(self._engine) as session:
            return resend_outcomes.settle(session, doubt, look, RECONCILER)


def _escalate(session: Session, doubt: Doubt, look: Look) -> bool:
    row = session.execute(_ESCALATE, {"id": doubt.message_id}).first()
    if row is None:
        return False
    about = Subject(row.escalation_owner, row.client_id, row.run_id, row.lead_id, doubt.message_id, row.channel)
    facts: dict[str, Any] = {
        "checks": doubt.checks_done + 1,
        "seen": look.seen.value,
        "claimed_at": doubt.claimed_at.isoformat(),
    }
    events.record(session, EventKind.MESSAGE_ESCALATED, RECONCILER, about, **facts)
    told = facts | doubt_story.tell(session, doubt, look)
    order = TaskOrder(IN_DOUBT_TASK, str(doubt.message_id), doubt_story.instruction(doubt, look), told)
    events.open_task(session, order, about, RECONCILER)
    if look.seen is Trace.NO_EVENTS:
        event_silence.open_task(session, doubt.provider, RECONCILER)
    return True
