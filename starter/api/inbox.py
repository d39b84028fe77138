"""What came in and found nobody, or is in doubt: reading it, and assigning a text to a lead."""

from datetime import datetime
from http import HTTPStatus
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from sqlmodel import Session

from models.database.engine import transaction
from models.database.inbound import correspondents, inbox, inbox_desk
from models.database.inbound.callbacks import UNKNOWN_SENDER
from models.database.inbound.correspondents import Correspondent
from models.database.inbound.inbox_desk import Opened
from models.sealing import UnreadableSeal
from starter.api.fields import Strict
from starter.callers import MayReadInbound
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses

router = APIRouter(prefix="/v1/inbox", tags=["Tasks"])


class Inbound(BaseModel):
    """One verified request as it came in."""

    id: UUID
    source: str
    kind: str
    state: str = Field(
        description="`waiting`: its effect is to come, or its run has not read it; `done`; "
        "`orphan`: nobody it belongs to is known; `poison`: it could not be read."
    )
    at: datetime | None
    run_id: UUID | None
    sender: str | None = Field(description="Of an SMS.")
    text: str | None = Field(description="Of an SMS.")
    content: str | None = Field(description="The whole request, if it is not an SMS that could be read.")
    assign: str | None = Field(description="Where to assign it, if it is a text of an unknown sender.")


class AssignBody(Strict):
    """Whose text it is: the run it answers, or the lead who wrote it."""

    run_id: UUID | None = None
    lead_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.run_id is None) == (self.lead_id is None):
            raise ValueError("name the run or the lead")
        return self


@router.get("/{inbox_id}", summary="Read what came in")
def read(inbox_id: UUID, caller: MayReadInbound, uses: Uses) -> Inbound:
    """Open one inbound request. Its id is in the evidence of the task about it."""
    with transaction(uses.engine) as session:
        return _shown(_opened(session, uses, inbox_id))


@router.post("/{inbox_id}/assign", summary="Assign a text of an unknown sender")
def assign(inbox_id: UUID, body: AssignBody, caller: MayReadInbound, uses: Uses) -> Inbound:
    """Take the text in as the reply of this lead, with the effect it would have had, an opt-out too; close its task."""
    with transaction(uses.engine) as session:
        found = _opened(session, uses, inbox_id, lock=True)
        if not _assignable(found) or found.text is None:
            raise Problem(HTTPStatus.CONFLICT, "this is not a text that waits for a sender; nothing was changed")
        inbox.assign_text(session, inbox_id, _person(session, body), found.text, caller.origin)
    with transaction(uses.engine) as session:
        return _shown(_opened(session, uses, inbox_id))


def _person(session: Session, body: AssignBody) -> Correspondent:
    if body.run_id is not None:
        found, field = correspondents.of_run(session, body.run_id), "run_id"
    else:
        found, field = correspondents.of_lead(session, UUID(str(body.lead_id))), "lead_id"
    if found is None:
        raise field_problem(field, "there is none with this id")
    return found


def _opened(session: Session, uses: Resources, inbox_id: UUID, *, lock: bool = False) -> Opened:
    try:
        return inbox_desk.open_inbound(session, uses.ring, inbox_id, lock=lock)
    except UnreadableSeal as unreadable:
        raise Problem(HTTPStatus.CONFLICT, f"it cannot be opened: {unreadable}") from None


def _assignable(found: Opened) -> bool:
    return found.text is not None and found.state == UNKNOWN_SENDER.state


def _shown(found: Opened) -> Inbound:
    return Inbound(
        id=found.id,
        source=found.source,
        kind=found.kind,
        state=found.state,
        at=found.at,
        run_id=found.run_id,
        sender=found.text.sender if found.text else None,
        text=found.text.body if found.text else None,
        content=None if found.text else found.content,
        assign=f"/v1/inbox/{found.id}/assign" if _assignable(found) else None,
    )
