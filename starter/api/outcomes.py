"""What became of a lead: read what was said, and say it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from models.database import outcomes
from models.database.engine import now, transaction
from models.database.outcomes import Statement
from models.database.tables.people import Lead
from models.outcomes.told import EvidenceKind, LeadOutcome, UnusableOutcome, ValueBasis
from models.outcomes.web_hook import OutcomeBody
from models.terms import LostReason
from starter.api.outreach import IdempotencyKey
from starter.callers import Anybody, MayStop
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/leads/{lead_id}", tags=["Leads"])
API = "api"


class OutcomeSaid(OutcomeBody):
    """What became of the lead, and since when."""

    at: AwareDatetime | None = Field(None, description="When it became so, with its offset; now if left out.")


class OutcomeLine(BaseModel, from_attributes=True):
    """One statement about the lead."""

    outcome: LeadOutcome
    lost_reason: LostReason | None
    evidence_kind: EvidenceKind
    evidence_id: str
    basis: ValueBasis | None
    currency: str | None
    amount_minor: int | None
    source: str = Field(description="`api` for a person; else the CRM.")
    said_by: str
    at: datetime
    recorded_at: datetime


class OutcomesOfLead(BaseModel):
    """What counts, and all that was said, the latest first."""

    lead_id: UUID
    disposition: str
    current: OutcomeLine | None
    said: list[OutcomeLine]


@router.get("/outcomes", summary="Read what became of a lead")
def read(lead_id: UUID, caller: Anybody, uses: Uses) -> OutcomesOfLead:
    """Return every statement with its evidence. The latest counts."""
    with transaction(uses.engine) as session:
        return _shown(session, _existing(session, lead_id))


@router.post("/outcome", summary="Say what became of a lead")
def say(lead_id: UUID, body: OutcomeSaid, key: IdempotencyKey, caller: MayStop, uses: Uses) -> OutcomesOfLead:
    """Add a statement. Booked or lost, the lead is not written to any more. The same `Idempotency-Key` adds nothing new."""
    with transaction(uses.engine) as session:
        lead = _existing(session, lead_id)
        try:
            told = body.told(body.at or now(session))
        except UnusableOutcome as unusable:
            raise field_problem("outcome", str(unusable)) from None
        outcomes.record(session, lead_id, told, Statement(API, caller.handle, f"{lead_id}/{caller.handle}/{key}"))
        session.refresh(lead)
        return _shown(session, lead)


def _existing(session: Session, lead_id: UUID) -> Lead:
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no lead {lead_id}")
    return lead


def _shown(session: Session, lead: Lead) -> OutcomesOfLead:
    said = [OutcomeLine.model_validate(dict(row)) for row in outcomes.of_lead(session, lead.id)]
    return OutcomesOfLead(lead_id=lead.id, disposition=lead.disposition, current=said[0] if said else None, said=said)
