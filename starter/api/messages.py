"""Saying what became of a message that the machine could not clear up."""

from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import col, select

from models.database.engine import transaction
from models.database.evidence import Finding, apply_evidence
from models.database.tables.ledger import Message
from models.terms import AttemptOutcome, EvidenceSource, MessageState
from starter.api.fields import Strict
from starter.callers import IncidentOwner
from starter.problems import Problem
from starter.resources import Uses
from starter.words import stands

router = APIRouter(prefix="/v1/messages", tags=["Tasks"])
_OPEN = (MessageState.UNKNOWN, MessageState.ESCALATED)
_OUTCOMES = {"was_sent": AttemptOutcome.ACCEPTED, "not_sent": AttemptOutcome.NOT_ACCEPTED}


class ResolutionBody(Strict):
    """What a person has found in the provider's own records."""

    answer: Literal["was_sent", "not_sent"]
    provider_message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")] | None = Field(
        None, description="The provider's id of it, if it was sent.", examples=["SM0123456789abcdef0123456789abcdef"]
    )


class Resolved(BaseModel):
    """How the message stands now."""

    message_id: UUID
    state: MessageState
    in_words: str


@router.post("/{message_id}/resolution", summary="Resolve a message in doubt")
def resolve(message_id: UUID, body: ResolutionBody, caller: IncidentOwner, uses: Uses) -> Resolved:
    """Bind the person's finding to the message. Nothing is sent again by it: a message closed as not sent stays unsent."""
    with transaction(uses.engine) as session:
        query = select(Message).where(col(Message.id) == message_id).with_for_update()
        message = session.exec(query).first()
        if message is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no message {message_id}")
        if message.state not in _OPEN:
            raise Problem(HTTPStatus.CONFLICT, f"there is nothing to resolve. {_in_words(message)}")
        provider_id = body.provider_message_id if body.answer == "was_sent" else None
        finding = Finding(EvidenceSource.PERSON, _OUTCOMES[body.answer], f"person_{body.answer}", provider_id)
        message = apply_evidence(session, message_id, message.fence, finding, caller.origin)
    if message.state in _OPEN:
        sentence = "that provider id is bound to another message; the conflict is recorded and has become a task"
        raise Problem(HTTPStatus.CONFLICT, sentence)
    return Resolved(message_id=message_id, state=MessageState(message.state), in_words=_in_words(message))


def _in_words(message: Message) -> str:
    return stands(message.model_dump())
