"""What may be written: looking at a text before it is used, and at what was found in a message."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from models.database import wording, wording_desk
from models.database.engine import transaction
from models.database.tables.ledger import Message
from models.terms import Channel
from models.wording.audiences import Audience, Stage
from models.wording.findings import Finding, FindingKind, Severity
from models.wording.judging import Verdict
from models.wording.reading import MAX_CHARACTERS
from models.wording.surroundings import Purpose
from starter.api.fields import Key, Short, Strict
from starter.api.scoped import client_named
from starter.callers import Anybody, Approver
from starter.problems import Problem
from starter.resources import Uses

router = APIRouter(prefix="/v1", tags=["Wording"])


class FindingLine(BaseModel, from_attributes=True):
    """One place in a text. What was found is not repeated here."""

    kind: FindingKind
    severity: Severity = Field(description="`block`: nobody may approve it; `needs_approval`: exactly this text only.")
    part: str = Field(description="`subject` or `body`.")
    start: int = Field(description="First character in the text as its reader sees it.")
    end: int
    advice: str


class TextBody(Strict):
    """A text as it would leave."""

    client: Key
    purpose: Purpose
    channel: Channel | None = Field(None, description="Left out for a page of the portal.")
    subject: Short = ""
    body: Annotated[str, StringConstraints(min_length=1, max_length=2 * MAX_CHARACTERS)]
    figures: list[Short] = Field(default_factory=list, description="Figures as shown that come from typed slots.")


class Found(BaseModel):
    """What was found."""

    verdict: Verdict
    findings: list[FindingLine]


class FoundInMessage(BaseModel):
    """What is found in a message now."""

    message_id: UUID
    findings: list[FindingLine]


@router.post("/wording/check", summary="Look at a text")
def check(body: TextBody, caller: Anybody, uses: Uses) -> Found:
    """Return what would be found in a text. Nothing is stored, and nothing is permitted by it."""
    audience = Audience(purpose=body.purpose, channel=body.channel, figures=tuple(body.figures))
    with transaction(uses.engine) as session:
        client = client_named(session, caller, body.client)
        found = wording.look_at(session, Stage.DRAFT, client.id, body.subject, body.body, audience)
    return Found(verdict=found.verdict, findings=lines(found.found))


@router.get("/messages/{message_id}/wording", summary="See what is found in a message")
def of_message(message_id: UUID, caller: Approver, uses: Uses) -> FoundInMessage:
    """Return what the checks find in a message, as rules and clients are now."""
    with transaction(uses.engine) as session:
        message = session.get(Message, message_id)
        if message is None or message.audience != "contact":
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no message {message_id} to a contact")
        return FoundInMessage(message_id=message_id, findings=lines(wording_desk.of_message(session, message)))


def lines(findings: tuple[Finding, ...]) -> list[FindingLine]:
    """Return findings as the API shows them."""
    return [FindingLine.model_validate(finding) for finding in findings]
