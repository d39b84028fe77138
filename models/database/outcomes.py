"""What became of leads: statements of people and CRMs, only ever added. The latest counts; contradictions are a person's.

Whoever is booked or lost is not written to any more: the open runs of the lead are asked to end.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from models.database import events, runs
from models.database.engine import now
from models.database.events import Origin, Subject, TaskOrder
from models.database.locks import lock_scope
from models.database.tables.outcomes import Outcome
from models.database.tables.people import Lead
from models.event_kinds import EventKind
from models.outcomes.told import EvidenceKind, LeadOutcome, ToldOutcome, Value, ValueBasis, contradicts
from models.terms import LostReason

CONTRADICTION_TASK = "outcome_contradiction"
SHARED_TASK = "outcome_evidence_shared"
_SETTLE = (
    "Two sources say different things of this lead. The latest counts. Find out what is so, record it with its evidence "
    "(comms outcome), and close this task."
)
_SHARED = (
    "The same evidence books two leads; its money is counted once. Find out which lead it belongs to, record the other one "
    "anew (comms outcome), and close this task."
)
_NEWEST_BY_SOURCE = text(
    "SELECT DISTINCT ON (source) * FROM outcome WHERE lead_id = :lead ORDER BY source, at DESC, id DESC"
)
_COUNTS = text("SELECT id FROM outcome WHERE lead_id = :lead ORDER BY at DESC, id DESC LIMIT 1")
_OTHER_LEAD = text(
    """
    SELECT o.lead_id FROM outcome o WHERE o.client_id = :client AND o.lead_id <> :lead AND o.outcome = 'booked'
        AND o.evidence_kind = :kind AND o.evidence_id = :id AND o.evidence_kind <> 'staff'
        AND o.id = (SELECT n.id FROM outcome n WHERE n.lead_id = o.lead_id ORDER BY n.at DESC, n.id DESC LIMIT 1) LIMIT 1
    """
)
_LABEL = text("UPDATE lead SET disposition = coalesce(CAST(:label AS text), 'replied') WHERE id = :lead")
_OPEN_RUNS = text("SELECT id FROM run WHERE lead_id = :lead AND kind = 'outreach' AND closed_at IS NULL ORDER BY id")
_OWNER = text("SELECT owner FROM run WHERE lead_id = :lead ORDER BY requested_at DESC LIMIT 1")
_OF_LEAD = text("SELECT * FROM outcome WHERE lead_id = :lead ORDER BY at DESC, id DESC")


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says something, and by what it is recognised when it is said again."""

    source: str
    said_by: str
    event_id: str
    inbox_id: UUID | None = None


def record(session: Session, lead_id: UUID, told: ToldOutcome, by: Statement) -> bool:
    """Add a statement and let it take effect. Returns False if the same one was added before.

    A moment that is still to come counts as now, so that nobody's clock can outdate all others for ever.
    Raises NoResultFound if there is no such lead.
    """
    lock_scope(session, f"outcome:{lead_id}")
    lead = session.get_one(Lead, lead_id)
    before = {row["source"]: _told(row) for row in session.execute(_NEWEST_BY_SOURCE, {"lead": lead_id}).mappings()}
    added = session.execute(
        insert(Outcome).values(_row(lead, told, by, session)).on_conflict_do_nothing().returning(col(Outcome.id))
    ).scalar_one_or_none()
    if added is None:
        return False
    origin = Origin(by.source, by.said_by)
    about = Subject(_owner(session, lead_id), lead.client_id, None, lead_id)
    events.record(session, EventKind.OUTCOME_RECORDED, origin, about, told.disposition or told.outcome, outcome=added)
    for source, other in before.items():
        if source != by.source and (how := contradicts(told, other)):
            events.record(session, EventKind.OUTCOME_CONTRADICTED, origin, about, how, other=source)
            evidence = {"lead": str(lead_id), "how": how, "sources": sorted((source, by.source))}
            events.open_task(session, TaskOrder(CONTRADICTION_TASK, str(lead_id), _SETTLE, evidence), about, origin)
    if session.execute(_COUNTS, {"lead": lead_id}).scalar_one() == added:
        _take_effect(session, lead, told, about, origin)
    return True


def of_lead(session: Session, lead_id: UUID) -> list[RowMapping]:
    """Return every statement about a lead. The first is the one that counts."""
    return list(session.execute(_OF_LEAD, {"lead": lead_id}).mappings())


def _take_effect(session: Session, lead: Lead, told: ToldOutcome, about: Subject, origin: Origin) -> None:
    if told.outcome is not LeadOutcome.OPEN:
        for run_id in session.execute(_OPEN_RUNS, {"lead": lead.id}).scalars().all():
            runs.stop(session, run_id, origin, f"the lead is {told.outcome}")
    if told.outcome is LeadOutcome.BOOKED:
        where = {"client": lead.client_id, "lead": lead.id, "kind": told.evidence_kind, "id": told.evidence_id}
        if (other := session.execute(_OTHER_LEAD, where).scalar_one_or_none()) is not None:
            evidence = {"leads": sorted((str(lead.id), str(other))), "evidence": told.evidence_id}
            subject = f"{lead.client_id}/{told.evidence_kind}/{told.evidence_id}"
            events.open_task(session, TaskOrder(SHARED_TASK, subject, _SHARED, evidence), about, origin)
    # After the runs: whoever closes one holds its messages before it writes to the lead.
    session.execute(_LABEL, {"lead": lead.id, "label": told.disposition})


def _row(lead: Lead, told: ToldOutcome, by: Statement, session: Session) -> dict[str, object]:
    value = told.value
    return {
        "client_id": lead.client_id,
        "lead_id": lead.id,
        "outcome": told.outcome.value,
        "lost_reason": told.lost_reason,
        "evidence_kind": told.evidence_kind.value,
        "evidence_id": told.evidence_id,
        "basis": value and value.basis.value,
        "currency": value and value.currency,
        "amount_minor": value.minor if value else None,
        "source": by.source,
        "said_by": by.said_by,
        "source_event_id": by.event_id,
        "inbox_id": by.inbox_id,
        "at": min(told.at, now(session)),
    }


def _told(row: RowMapping) -> ToldOutcome:
    has_value = row["basis"] is not None
    value = Value(ValueBasis(row["basis"]), row["currency"], row["amount_minor"]) if has_value else None
    reason = LostReason(row["lost_reason"]) if row["lost_reason"] else None
    kind = EvidenceKind(row["evidence_kind"])
    return ToldOutcome(LeadOutcome(row["outcome"]), row["at"], kind, row["evidence_id"], value, reason)


def _owner(session: Session, lead_id: UUID) -> str:
    return session.execute(_OWNER, {"lead": lead_id}).scalar_one_or_none() or "sales-ops"
