"""The library: sequences and templates, every version, with the state of their approval."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from models.database import library
from models.database.engine import transaction
from models.terms import ApprovalPolicy, Channel, ConsentKind
from starter.api.fields import Span
from starter.callers import Anybody
from starter.resources import Uses

router = APIRouter(prefix="/v1", tags=["Library"])


class StepLine(BaseModel, from_attributes=True):
    """One step: wait `delay`, send, listen for `response_window` (ISO 8601 durations)."""

    key: str
    channel: Channel
    template: str
    version: int
    delay: Span
    response_window: Span


class SequenceLine(BaseModel):
    """One version of a sequence."""

    key: str
    version: int
    title: str
    approval: ApprovalPolicy = Field(
        description="`template`: each template version once; `run`: the wording of each run."
    )
    owner: str
    escalation_owner: str
    approver: str
    follow_up_rule: str
    steps: list[StepLine]


class TemplateLine(BaseModel):
    """One version of a template. It never changes; an edit is a new version."""

    id: UUID
    key: str
    version: int
    channel: Channel
    consent_needed: str
    subject: str
    body: str
    content_hash: str
    created_by: str
    created_at: datetime
    approval_id: UUID | None
    approval: str = Field(description="`waiting`, `approve`, `reject`, `revoke`, or `none` if nobody was asked.")


@router.get("/sequences", summary="List sequences")
def list_sequences(caller: Anybody, uses: Uses) -> list[SequenceLine]:
    """Return every version of every sequence, the newest first."""
    with transaction(uses.engine) as session:
        found = library.sequences(session)
    return [SequenceLine.model_validate(version, from_attributes=True) for version in found]


@router.get("/templates", summary="List templates")
def list_templates(caller: Anybody, uses: Uses) -> list[TemplateLine]:
    """Return every version of every template, the newest first, with the state of its approval."""
    with transaction(uses.engine) as session:
        found = library.templates(session)
    return [TemplateLine(**{**row, "consent_needed": ConsentKind(row["consent_needed"]).name.lower()}) for row in found]
