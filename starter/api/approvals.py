"""Approving exact wording: what waits, what it says, the decision, a code for the Temporal UI."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from models.approving import ApprovalSubject, Refusal, Review, RiskClass
from models.database import wording_desk
from models.database.engine import now, transaction
from models.database.permission import approval_codes, approval_desk, approvals, authority
from models.database.tables.approvals import Approval
from models.terms import ApprovalState, DecisionChannel, DecisionKind
from starter.api.fields import Reason, Strict
from starter.api.wording import FindingLine
from starter.callers import Anybody, MayReview
from starter.problems import Problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/approvals", tags=["Approvals"])
_STATUS = {
    Refusal.UNKNOWN_APPROVAL: HTTPStatus.NOT_FOUND,
    Refusal.NOT_AN_APPROVER: HTTPStatus.FORBIDDEN,
    Refusal.NOT_A_PRIVACY_REVIEWER: HTTPStatus.FORBIDDEN,
    Refusal.OTHER_CLIENT: HTTPStatus.FORBIDDEN,
    Refusal.OWN_REQUEST: HTTPStatus.FORBIDDEN,
    Refusal.OWN_EDIT: HTTPStatus.FORBIDDEN,
}


class ApprovalHead(BaseModel):
    """What is asked, by whom, until when."""

    id: UUID
    subject: ApprovalSubject = Field(description="`run`: the wording of one run; `template`: one template version; …")
    subject_id: UUID
    run_id: UUID | None = Field(description="The run that waits for it.")
    review: Review = Field(description="From which side it is read: the owner's, or that of privacy.")
    risk: RiskClass = Field(description="How many people must agree.")
    title: str | None
    client: str | None
    approver: str
    delegate: str | None = Field(description="May decide too from `delegated_at` on.")
    delegated_at: datetime | None
    requested_by: str
    last_editor: str | None
    requested_at: datetime
    expires_at: datetime | None
    decided_at: datetime | None = Field(description="When the last needed person agreed, or somebody said no.")
    took: timedelta = Field(description="From the request to the decision, or until now (ISO 8601).")


class Text(BaseModel):
    """One text, exactly as it would leave."""

    step: str
    channel: str
    to: str = Field(description="Masked; empty for a template.")
    subject: str
    body: str
    consent_needed: str
    expires_at: datetime | None


class DecisionLine(BaseModel):
    """One decision."""

    at: datetime
    approver: str
    decision: DecisionKind
    through: DecisionChannel
    principal: str = Field(
        description="Whom the Temporal server had verified, `type:name`; empty if it verifies nobody."
    )
    reason: str


class Attempt(BaseModel):
    """One attempt that was refused."""

    at: datetime
    actor: str
    through: str = Field(description="The way it came in: `api`, `console`, `browser`, `temporal_ui`, `command`.")
    refusal: str
    why: str


class FoundInText(FindingLine):
    """One finding, and in which text."""

    step: str


class ApprovalInFull(ApprovalHead):
    """The exact wording. Give `content_hash` with the decision, so that it counts for this wording only."""

    state: ApprovalState
    superseded: bool
    content_hash: str
    audience_hash: str
    wording: list[Text]
    decisions: list[DecisionLine]
    attempts: list[Attempt] = Field(description="Attempts to decide that were refused and had no effect, newest first.")
    findings: list[FoundInText] = Field(description="What the checks found in it. Nothing that blocks can be approved.")


class DecisionBody(Strict):
    """A decision on the wording that was shown."""

    decision: DecisionKind
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="As shown by GET /v1/approvals/{id}.")]
    audience_hash: Annotated[
        str | None, Field(max_length=64, description="As shown there; refused if it is another.")
    ] = None
    reason: Reason


class Decided(BaseModel):
    """Where the approval stands now."""

    approval_id: UUID
    state: ApprovalState
    takes_effect: bool = Field(description="False if the run has ended: the decision is recorded and changes nothing.")


class Code(BaseModel):
    """A code that decides once, typed in the Temporal UI as the input of `approve` or `reject`. It is shown only here."""

    code: str
    expires_at: datetime


@router.get("", summary="What waits for a decision")
def list_waiting(caller: Anybody, uses: Uses) -> list[ApprovalHead]:
    """Return the approvals nobody has decided on, the most urgent first."""
    with transaction(uses.engine) as session:
        return [ApprovalHead(**row) for row in approval_desk.waiting(session, caller.handle)]


@router.get("/{approval_id}", summary="Read the exact wording")
def read(approval_id: UUID, caller: MayReview, uses: Uses) -> ApprovalInFull:
    """Return all that the approver decides on."""
    with transaction(uses.engine) as session:
        head = approval_desk.one(session, approval_id)
        approval = session.get(Approval, approval_id)
        if head is None or approval is None:
            raise _unknown(approval_id)
        if not authority.is_of_theirs(session, approval, caller.handle):
            raise Problem(HTTPStatus.FORBIDDEN, Refusal.OTHER_CLIENT)
        return ApprovalInFull(
            **head,
            state=approvals.state_of(session, approval),
            superseded=approval.superseded_at is not None,
            content_hash=approval.content_hash,
            audience_hash=approval.audience_hash,
            decisions=[DecisionLine(**row) for row in approval_desk.decisions(session, approval_id)],
            attempts=[
                Attempt(**row, why=Refusal[row["refusal"].upper()])
                for row in approval_desk.attempts(session, approval_id)
            ],
            wording=[
                Text(**{name: getattr(item, name) for name in Text.model_fields})
                for item in approval_desk.wording_of(session, approval)
            ],
            findings=[
                FoundInText(step=one.step, **one.finding.model_dump())
                for one in wording_desk.of_approval(session, approval)
            ],
        )


@router.post("/{approval_id}/decision", summary="Approve, reject or revoke")
def decide(approval_id: UUID, body: DecisionBody, caller: Anybody, uses: Uses) -> Decided:
    """Write the decision if this caller may give it. Every refused attempt is recorded, and the run is unharmed."""
    # The role is asked for inside, not at the door, so that an attempt without it is recorded too.
    with transaction(uses.engine) as session:
        verdict = approvals.decide(
            session,
            approval_id,
            body.decision,
            body.content_hash,
            caller.origin,
            DecisionChannel(caller.source),
            body.reason,
            body.audience_hash,
        )
        approval = session.get(Approval, approval_id)
        state = approvals.state_of(session, approval) if approval else ApprovalState.WAITING
        ended = approval is not None and approval_desk.has_ended(session, approval)
    if verdict.refusal is not None:
        status = _STATUS.get(verdict.refusal, HTTPStatus.CONFLICT)
        raise Problem(status, verdict.refusal, refusal=verdict.refusal.name.lower())
    return Decided(approval_id=approval_id, state=state, takes_effect=not ended)


@router.post("/{approval_id}/codes", status_code=HTTPStatus.CREATED, summary="Get a code for the Temporal UI")
def issue_code(approval_id: UUID, caller: MayReview, uses: Uses) -> Code:
    """Return a new single-use code that decides in the caller's name. Only its keyed hash is stored."""
    lasts = uses.settings.timers.approval_code
    with transaction(uses.engine) as session:
        approval = session.get(Approval, approval_id)
        if approval is None:
            raise _unknown(approval_id)
        if may_not := authority.who_may_not(session, approval, caller.handle):
            raise Problem(HTTPStatus.FORBIDDEN, may_not)
        if approval.run_id is None:
            raise Problem(HTTPStatus.CONFLICT, "no run waits for this; decide with POST …/decision")
        if approval.superseded_at is not None:
            raise Problem(HTTPStatus.CONFLICT, Refusal.SUPERSEDED)
        if approval_desk.has_ended(session, approval):
            raise Problem(HTTPStatus.CONFLICT, "the run has ended; there is nothing left to decide")
        expires_at = now(session) + lasts
        if approval.expires_at is not None:
            if approval.expires_at <= now(session):
                raise Problem(HTTPStatus.CONFLICT, Refusal.EXPIRED)
            expires_at = min(expires_at, approval.expires_at)
        code = approval_codes.issue_code(session, approval, caller.handle, uses.approval_key, lasts)
    return Code(code=code, expires_at=expires_at)


def _unknown(approval_id: UUID) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, f"there is no approval {approval_id}; see GET /v1/approvals")
