"""What came in and found nobody, is in doubt or could not be taken in: reading it, assigning a text, trying it again."""

import logging
from datetime import datetime
from http import HTTPStatus
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from models.database.engine import transaction
from models.database.inbound import correspondents, inbox, inbox_desk, mails, poison
from models.database.inbound.callbacks import UNKNOWN_SENDER
from models.database.inbound.correspondents import Correspondent
from models.database.inbound.inbox_desk import Opened
from models.database.inbound.poison import POISON, Retried
from models.database.inbound.takers import Means
from models.database.surroundings import is_of_surroundings
from models.errors import UnknownRecord
from models.sealing import UnreadableSeal
from models.terms import Channel
from starter.api.fields import Strict
from starter.callers import Caller, MayReadInbound, MayRetryInbound
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1/inbox", tags=["Tasks"])


class Inbound(BaseModel):
    """One verified request as it came in."""

    id: UUID
    source: str
    kind: str
    state: str = Field(
        description="`waiting`: its effect is to come, or its run has not read it; `done`; "
        "`orphan`: nobody it belongs to is known; `poison`: it could not be read or taken in."
    )
    at: datetime | None
    run_id: UUID | None
    sender: str | None = Field(description="Of an SMS or an email.")
    text: str | None = Field(description="Of an SMS; of an email what is new in it, without what it quotes.")
    content: str | None = Field(description="The whole request, if it is not an SMS that could be read.")
    assign: str | None = Field(description="Where to assign it, if it is a text or an email of an unknown sender.")


class AssignBody(Strict):
    """Whose text or email it is: the run it answers, or the lead who wrote it."""

    run_id: UUID | None = None
    lead_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.run_id is None) == (self.lead_id is None):
            raise ValueError("name the run or the lead")
        return self


class RetryAllBody(Strict):
    """Where to go on."""

    after: UUID | None = Field(default=None, description="`next` of the answer before; leave it out to begin.")


class RetriedInbound(BaseModel):
    """What became of something that had been set aside. It is not shown."""

    id: UUID
    tried: bool = Field(description="False if it was not set aside any more, or still cannot be taken in.")
    state: str = Field(
        description="`waiting`: the relay takes it up now, or its run has not read it; `done`; `orphan`: nobody it "
        "belongs to is known; `poison`: it still cannot be taken in, and its task stays open."
    )


class RetriedAll(BaseModel):
    """What became of the oldest of what had been set aside."""

    retried: list[RetriedInbound]
    next: UUID | None = Field(description="If there may be more: ask again with this as `after`.")


@router.post("/retry", summary="Try everything again that was set aside")
def retry_all(body: RetryAllBody, caller: MayRetryInbound, uses: Uses) -> RetriedAll:
    """Try the oldest hundred again, each by itself, so that none stops another. Safe to repeat."""
    caller.refuse_unless_for_all()
    with transaction(uses.engine) as session:
        found = poison.next_poison(session, body.after)
    retried = [_retried(uses, inbox_id, caller) for inbox_id in found]
    return RetriedAll(retried=retried, next=found[-1] if len(found) == poison.AT_ONCE else None)


@router.post("/{inbox_id}/retry", summary="Try again what was set aside")
def retry(inbox_id: UUID, caller: MayRetryInbound, uses: Uses) -> RetriedInbound:
    """Let something take effect that could not be taken in, once the cause is put right. Safe to repeat."""
    return _retried(uses, inbox_id, caller)


@router.get("/{inbox_id}", summary="Read what came in")
def read(inbox_id: UUID, caller: MayReadInbound, uses: Uses) -> Inbound:
    """Open one inbound request. Its id is in the evidence of the task about it."""
    with transaction(uses.engine) as session:
        return _shown(_opened(session, uses, inbox_id))


@router.post("/{inbox_id}/assign", summary="Assign a text or an email of an unknown sender")
def assign(inbox_id: UUID, body: AssignBody, caller: MayReadInbound, uses: Uses) -> Inbound:
    """Take it in as the reply of this lead, with the effect it would have had, an opt-out too; close its task."""
    with transaction(uses.engine) as session:
        found = _opened(session, uses, inbox_id, lock=True)
        if found.state == UNKNOWN_SENDER.state and found.text is not None:
            inbox.assign_text(session, inbox_id, _person(session, caller, body, Channel.SMS), found.text, caller.origin)
        elif found.state == UNKNOWN_SENDER.state and found.mail is not None:
            mails.assign_mail(
                session, inbox_id, _person(session, caller, body, Channel.EMAIL), found.mail, caller.origin
            )
        else:
            refusal = "this is neither a text nor an email that waits for a sender; nothing was changed"
            raise Problem(HTTPStatus.CONFLICT, refusal)
    with transaction(uses.engine) as session:
        return _shown(_opened(session, uses, inbox_id))


def _person(session: Session, caller: Caller, body: AssignBody, channel: Channel) -> Correspondent:
    if body.run_id is not None:
        caller.refuse_if_of_others(session, "run", body.run_id)
        found, field = correspondents.of_run(session, body.run_id, channel), "run_id"
    else:
        lead_id = UUID(str(body.lead_id))
        caller.refuse_if_of_others(session, "lead", lead_id)
        found, field = correspondents.of_lead(session, lead_id, channel), "lead_id"
    if found is None:
        raise field_problem(field, "there is none with this id")
    return found


def _opened(session: Session, uses: Resources, inbox_id: UUID, *, lock: bool = False) -> Opened:
    try:
        return inbox_desk.open_inbound(session, uses.ring, inbox_id, lock=lock)
    except UnreadableSeal as unreadable:
        raise Problem(HTTPStatus.CONFLICT, f"it cannot be opened: {unreadable}") from None


def _assignable(found: Opened) -> bool:
    return found.state == UNKNOWN_SENDER.state and (found.text is not None or found.mail is not None)


def _shown(found: Opened) -> Inbound:
    return Inbound(
        id=found.id,
        source=found.source,
        kind=found.kind,
        state=found.state,
        at=found.at,
        run_id=found.run_id,
        sender=found.text.sender if found.text else found.mail.sender if found.mail else None,
        text=found.text.body if found.text else found.mail.said if found.mail else None,
        content=None if found.text else found.content,
        assign=f"/v1/inbox/{found.id}/assign" if _assignable(found) else None,
    )


def _retried(uses: Resources, inbox_id: UUID, caller: Caller) -> RetriedInbound:
    try:
        with transaction(uses.engine) as session:
            crm = uses.settings.crm
            means = Means(uses.callback_key, crm.stages, crm.currency)
            found = poison.retry(session, uses.ring, means, inbox_id, caller.origin)
    except UnknownRecord:
        raise
    except Exception as error:
        if isinstance(error, SQLAlchemyError) and is_of_surroundings(error):
            raise
        # It stays set aside, as it was. The error's text may hold an address.
        log.error("it still cannot be taken in", extra={"inbox": str(inbox_id), "error": type(error).__name__})
        found = Retried(inbox_id, False, POISON)
    return RetriedInbound(id=found.id, tried=found.tried, state=found.state)
