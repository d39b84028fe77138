"""Drafts: what waits for a person, its wording with what was found in it, editing and reviewing."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Session

from models.database import draft_desk, drafts
from models.database.draft_desk import Outcome, Refused
from models.database.engine import transaction
from models.drafting import MAX_BODY, MAX_SUBJECT, DraftSource, DraftState
from models.wording.judging import Verdict
from starter.api.fields import Strict
from starter.api.wording import FindingLine, lines
from starter.callers import Anybody, MayReadDrafts
from starter.problems import Problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/drafts", tags=["Drafts"])
_STATUS = {
    Refused.NOT_A_REVIEWER: HTTPStatus.FORBIDDEN,
    Refused.OTHER_CLIENT: HTTPStatus.FORBIDDEN,
    Refused.OWN_EDIT: HTTPStatus.FORBIDDEN,
}
Shown = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="As shown by GET /v1/drafts/{id}.")]


class DraftLine(BaseModel):
    """A draft without its wording."""

    id: UUID
    client: str
    run_id: UUID
    key: str
    purpose: str
    owner: str
    state: DraftState
    revision: int
    source: DraftSource | None
    author: str | None
    note: str | None = Field(description="Such as why the plain text was taken although a model is set up.")
    revised_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None


class RevisionLine(BaseModel, from_attributes=True):
    """One wording a draft has had."""

    number: int
    subject: str
    body: str
    content_hash: str
    source: DraftSource
    author: str
    note: str
    at: datetime


class DraftInFull(DraftLine):
    """A draft with every wording it has had, the newest first, and what was found in the newest."""

    verdict: Verdict | None
    findings: list[FindingLine]
    revisions: list[RevisionLine]


class EditBody(Strict):
    """A new wording in place of the one that was shown."""

    content_hash: Shown
    subject: Annotated[str, StringConstraints(max_length=MAX_SUBJECT)] = ""
    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY)]


class ReviewBody(Strict):
    """Says that the wording that was shown may be used."""

    content_hash: Shown


@router.get("", summary="List drafts")
def list_drafts(
    caller: MayReadDrafts, uses: Uses, state: DraftState | None = None, run: UUID | None = None
) -> list[DraftLine]:
    """Return the drafts of the caller's clients without their wording; those that wait for a person first."""
    with transaction(uses.engine) as session:
        found = draft_desk.listed(session, state, run, caller.only)
    return [DraftLine(**row) for row in found]


@router.get("/{draft_id}", summary="Read a draft")
def read(draft_id: UUID, caller: MayReadDrafts, uses: Uses) -> DraftInFull:
    """Return every wording of a draft and what was found in the newest. All of it is internal."""
    with transaction(uses.engine) as session:
        return _in_full(session, draft_id)


@router.post("/{draft_id}/revisions", status_code=HTTPStatus.CREATED, summary="Edit a draft")
def revise(draft_id: UUID, body: EditBody, caller: MayReadDrafts, uses: Uses) -> DraftInFull:
    """Replace the wording that was shown. A review or approval of it counts no more; the editor may give neither."""
    with transaction(uses.engine) as session:
        outcome = draft_desk.revise(session, draft_id, body.content_hash, body.subject, body.body, caller.origin)
        full = None if outcome.refused else _in_full(session, draft_id)
    return _answered(outcome, full)


@router.post("/{draft_id}/review", summary="Review a draft")
def review(draft_id: UUID, body: ReviewBody, caller: Anybody, uses: Uses) -> DraftInFull:
    """Let the wording that was shown be used. Every refused attempt is recorded."""
    # The role is asked for inside, not at the door, so that an attempt without it is recorded too.
    with transaction(uses.engine) as session:
        outcome = draft_desk.review(session, draft_id, body.content_hash, caller.origin)
        full = None if outcome.refused else _in_full(session, draft_id)
    return _answered(outcome, full)


def _answered(outcome: Outcome, full: DraftInFull | None) -> DraftInFull:
    if outcome.refused is not None or full is None:
        refused = outcome.refused or Refused.NO_TEXT
        raise Problem(_STATUS.get(refused, HTTPStatus.CONFLICT), refused, refusal=refused.name.lower())
    return full


def _in_full(session: Session, draft_id: UUID) -> DraftInFull:
    draft = drafts.existing(session, draft_id)
    [row] = draft_desk.listed(session, draft_id=draft_id)
    found = drafts.check(session, draft, drafts.newest(session, draft)) if draft.revision else None
    return DraftInFull(
        **row,
        verdict=found.verdict if found else None,
        findings=lines(found.found) if found else [],
        revisions=[RevisionLine.model_validate(one) for one in draft_desk.revisions(session, draft_id)],
    )
