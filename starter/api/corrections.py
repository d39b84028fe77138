"""Correcting what a rolled-back run has sent and nothing can recall."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from activities.rendering import check_template
from models.database import corrections, runs
from models.database.corrections import NothingToCorrect, Wording, template_of
from models.database.engine import transaction
from models.database.intake import Asked
from models.errors import KeyReusedWithDifferentContent, UnusableTemplate
from models.terms import Channel, ConsentKind, RunKind
from starter.api.fields import Strict, printable
from starter.api.links import RunLinks, links_of_run
from starter.api.outreach import IdempotencyKey
from starter.callers import MayStop
from starter.problems import Problem, ProblemBody, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/runs/{run_id}/corrections", tags=["Steering"])
_SAYS_HOW_TO_STOP = {
    Channel.SMS: ("STOP", "{body} Reply STOP to opt out."),
    Channel.EMAIL: (
        "unsubscribe",
        "{body}\n\n{{{{ client_name }}}}\n{{{{ client_postal_address }}}}\n\n"
        "If you do not want to hear from us again, use the unsubscribe link of this email.",
    ),
}
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True), AfterValidator(printable)
]


class WordingBody(Strict):
    """What is said on one channel. Where it does not say how to opt out, that is added."""

    channel: Channel
    subject: Annotated[str, StringConstraints(max_length=120, strip_whitespace=True), AfterValidator(printable)] = ""
    body: Text = Field(examples=["{{ client_name }}: our last text named a wrong price. The visit costs $89."])


class CorrectionBody(Strict):
    """The correction, once for each channel that has carried what was wrong."""

    wording: Annotated[list[WordingBody], Field(min_length=1, max_length=2)]


class CorrectionAccepted(BaseModel):
    """The run that carries the correction. It waits for the approval of its wording."""

    run_id: UUID
    links: RunLinks


@router.post(
    "", status_code=HTTPStatus.ACCEPTED, responses={409: {"model": ProblemBody}}, summary="Correct what has left"
)
def correct(run_id: UUID, body: CorrectionBody, key: IdempotencyKey, caller: MayStop, uses: Uses) -> CorrectionAccepted:
    """Write to the same person once more. An approver, never its author, approves the exact wording; the gate decides."""
    wordings = _wordings(body)
    asked = Asked(caller.handle, key, runs.body_hash({"corrects": str(run_id)} | body.model_dump(mode="json")))
    try:
        with transaction(uses.engine) as session:
            started = runs.earlier_start(session, caller.handle, key, asked.body_hash)
            if started is None:
                started = corrections.ask(session, run_id, wordings, asked)
    except NothingToCorrect as nothing:
        raise Problem(HTTPStatus.CONFLICT, str(nothing)) from None
    except runs.LostRace:
        raise Problem(HTTPStatus.CONFLICT, "the same request was made at the same time; repeat it") from None
    except KeyReusedWithDifferentContent as reused:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{reused}; use a new key for a new request") from None
    links = links_of_run(uses.settings, RunKind.OUTREACH, started.run_id)
    return CorrectionAccepted(run_id=started.run_id, links=links)


def _wordings(body: CorrectionBody) -> list[Wording]:
    if len({one.channel for one in body.wording}) < len(body.wording):
        raise field_problem("wording", "one text for each channel")
    made = []
    for one in body.wording:
        if one.channel is Channel.EMAIL and not one.subject:
            raise field_problem("wording.subject", "an email needs one")
        word, complete = _SAYS_HOW_TO_STOP[one.channel]
        text = one.body if word in one.body else complete.format(body=one.body)
        wording = Wording(one.channel, one.subject if one.channel is Channel.EMAIL else "", text)
        try:
            check_template(template_of(wording, ConsentKind.CONVERSATIONAL, 1))
        except UnusableTemplate as unusable:
            raise field_problem("wording.body", str(unusable)) from None
        made.append(wording)
    return made
