"""Saying what became of a message that the machine could not clear up, or having it sent again by two people."""

from http import HTTPStatus
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from sqlmodel import Session, col, select

from models.database.doubts import resending, unheard
from models.database.doubts.resending import NotToBeSentAgain, Step, Wish
from models.database.engine import transaction
from models.database.sending.evidence import Finding, apply_evidence
from models.database.tables.ledger import Message
from models.terms import IN_DOUBT, AttemptOutcome, EvidenceSource, MessageState, Role
from starter.api.fields import Reason, Strict
from starter.callers import Anybody, Caller, MayResolve
from starter.problems import Problem, field_problem
from starter.resources import Resources, Uses
from starter.words import stands

router = APIRouter(prefix="/v1/messages", tags=["Tasks"])
_OPEN = (MessageState.UNKNOWN, MessageState.ESCALATED)
_OUTCOMES = {"was_sent": AttemptOutcome.ACCEPTED, "not_sent": AttemptOutcome.NOT_ACCEPTED}
_NOTICED = {
    Step.ASKED: "Noted; nothing is sent yet.",
    Step.ASKED_BEFORE: "You have asked for it before; this changes nothing, because it takes a second person.",
    Step.CONFIRMED: "Two people agree.",
    Step.CONFIRMED_BEFORE: "Two people agreed before; this changes nothing.",
}


class ResolutionBody(Strict):
    """What a person has found in the provider's own records, or wants to be done."""

    answer: Literal["was_sent", "not_sent", "send_again"]
    provider_message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")] | None = Field(
        None, description="The provider's id of it, if it was sent.", examples=["SM0123456789abcdef0123456789abcdef"]
    )
    reason: Reason | None = Field(
        None, description="Why it should be sent again. No names, phone numbers or addresses."
    )

    @model_validator(mode="after")
    def _of_its_answer(self) -> Self:
        if self.provider_message_id is not None and self.answer != "was_sent":
            raise ValueError("provider_message_id goes with was_sent only")
        return self


class Standing(BaseModel):
    """How a message stands now."""

    message_id: UUID
    state: MessageState
    in_words: str
    pending: str | None = Field(description="What has been asked for, and whom or what it waits for.")


@router.get("/{message_id}", summary="See how a message stands")
def show(message_id: UUID, caller: Anybody, uses: Uses) -> Standing:
    """Return how a message stands, and whether somebody has asked for it to be sent again."""
    with transaction(uses.engine) as session:
        message = session.get(Message, message_id)
        if message is None:
            raise _unknown(message_id)
        return _standing(session, message)


@router.post("/{message_id}/resolution", summary="Resolve a message in doubt")
def resolve(message_id: UUID, body: ResolutionBody, caller: MayResolve, uses: Uses) -> Standing:
    """Bind the person's finding to the message, or have it sent again.

    `was_sent` and `not_sent` settle it at once; a message closed as not sent stays unsent. `send_again` takes two people: an
    incident owner asks and says why, another incident owner or an approver confirms by the same request. The provider is
    then looked at once more. If there is no trace of the message, it passes every check again and leaves; if there is, it
    counts as sent; if that cannot be told, it stays with a person.
    """
    with transaction(uses.engine) as session:
        query = select(Message).where(col(Message.id) == message_id).with_for_update()
        message = session.exec(query).first()
        if message is None:
            raise _unknown(message_id)
        if message.state not in (IN_DOUBT if body.answer == "send_again" else _OPEN):
            raise Problem(HTTPStatus.CONFLICT, f"there is nothing to resolve. {_in_words(message)}")
        if body.answer == "send_again":
            return _send_again(session, message, body, caller, uses)
        _needs_incident_owner(caller)
        if body.answer == "not_sent" and unheard.may_concern(session, message.id, message.fence):
            sentence = "a report of its provider has just come in and is being read; look again in a moment"
            raise Problem(HTTPStatus.CONFLICT, sentence)
        finding = Finding(
            EvidenceSource.PERSON, _OUTCOMES[body.answer], f"person_{body.answer}", body.provider_message_id
        )
        message = apply_evidence(session, message_id, message.fence, finding, caller.origin)
        answer = _standing(session, message)
    if message.state in _OPEN:
        sentence = "that provider id is bound to another message; the conflict is recorded and has become a task"
        raise Problem(HTTPStatus.CONFLICT, sentence)
    return answer


def _send_again(session: Session, message: Message, body: ResolutionBody, caller: Caller, uses: Resources) -> Standing:
    if resending.open_wish(session, message) is None:
        _needs_incident_owner(caller)
        if body.reason is None:
            raise field_problem("reason", "say why it should be sent again")
    horizon = uses.settings.timers.checks[-1]
    try:
        wish = resending.ask(session, message, caller.origin, body.reason or "", horizon)
    except NotToBeSentAgain as refused:
        raise Problem(HTTPStatus.CONFLICT, str(refused)) from None
    answer = _standing(session, message)
    return answer.model_copy(update={"in_words": _noticed(wish)})


def _noticed(wish: Wish) -> str:
    return f"{_NOTICED[wish.step]} {resending.pending(wish.row)}"


def _needs_incident_owner(caller: Caller) -> None:
    if Role.INCIDENT_OWNER not in caller.roles:
        sentence = "this needs the role incident_owner; an approver only confirms what one has asked to be sent again"
        raise Problem(HTTPStatus.FORBIDDEN, sentence)


def _standing(session: Session, message: Message) -> Standing:
    wish = resending.open_wish(session, message) if message.state == MessageState.ESCALATED else None
    return Standing(
        message_id=message.id,
        state=MessageState(message.state),
        in_words=_in_words(message),
        pending=resending.pending(wish) if wish else None,
    )


def _unknown(message_id: UUID) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, f"there is no message {message_id}")


def _in_words(message: Message) -> str:
    return stands(message.model_dump())
