"""Posts for clients: from both sides before they are shown, and taking them back or correcting them afterwards."""

from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, Field, field_validator

from models.approving import ApprovalSubject, Review, RiskClass
from models.database.engine import transaction
from models.database.permission import approvals
from models.database.portal import posts, redaction, versions, views, withdrawing
from models.digests.figures import Figure
from models.errors import UnusableCorrection
from models.portal.standing import PostState
from starter.api.fields import Key, Reason, Short, Strict, Wording
from starter.api.post_views import PostInFull, PostLine, Viewed, in_full
from starter.api.scoped import readable
from starter.callers import MayPublish, MayReadPosts
from starter.portal.redaction import redaction_page
from starter.problems import Problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/portal-posts", tags=["Portal"])
_REVIEW_WITHIN = timedelta(days=3)
_LARGEST = Decimal(10) ** 15


class PublishedBody(BaseModel):
    """What became of a request to publish."""

    published: bool
    version: int
    refusal: str | None = Field(description="`owner_approval_missing`, `privacy_review_missing`, `wording_blocked` …")


class WhyBody(Strict):
    """Why."""

    reason: Reason


class CorrectionBody(Strict):
    """The next version of a post; what is left out stays as it is."""

    reason: Reason
    title: Annotated[Short, Field(min_length=1)] | None = None
    body: Wording | None = None
    as_of: AwareDatetime | None = Field(None, description="The moment that it describes.")
    figures: Annotated[list[Figure] | None, Field(max_length=60)] = Field(
        None, description="All of them, each with its source, period and the moment it was read."
    )
    two_people: bool = Field(False, description="Whether each review takes two people.")

    @field_validator("figures")
    @classmethod
    def _countable(cls, figures: list[Figure] | None) -> list[Figure] | None:
        values = (figure.value for figure in figures or ())
        if any(abs(value) >= _LARGEST or value != round(value, 6) for value in values):
            raise ValueError("a figure is below 10^15 and has at most six decimals")
        return figures


class Withdrawn(BaseModel):
    """Whether the post was hidden by this request; false if it was before."""

    withdrawn: bool


class Staged(BaseModel):
    """A version that waits for its two reviews."""

    post_id: UUID
    version: int
    content_hash: str


@router.get("", summary="List posts")
def list_posts(
    caller: MayReadPosts,
    uses: Uses,
    client: Annotated[Key | None, Query()] = None,
    state: Annotated[PostState | None, Query()] = None,
) -> list[PostLine]:
    """Return the newest 500 posts of the caller's clients, whether those see them or not."""
    with transaction(uses.engine) as session:
        return [PostLine(**row) for row in redaction.listed(session, state, readable(session, caller, client))]


@router.get("/{post_id}", summary="Read a post from both sides")
def read(post_id: UUID, caller: MayReadPosts, uses: Uses) -> PostInFull:
    """Return what the client will see, with what was found in its wording, beside what stays inside."""
    with transaction(uses.engine) as session:
        found = redaction.redaction(session, post_id)
        asked = [approvals.of(session, ApprovalSubject.POST, post_id, review) for review in Review]
        return in_full(found, [one for one in asked if one is not None])


@router.get("/{post_id}/redaction", summary="See a post from both sides", response_class=HTMLResponse)
def see(post_id: UUID, caller: MayReadPosts, uses: Uses) -> HTMLResponse:
    """Return the same as a page: what the client will see on the left, what stays inside on the right."""
    with transaction(uses.engine) as session:
        return redaction_page(redaction.redaction(session, post_id))


@router.get("/{post_id}/views", summary="Who has seen it")
def list_views(post_id: UUID, caller: MayReadPosts, uses: Uses) -> list[Viewed]:
    """Return for every person who has seen it how surely, and since when."""
    with transaction(uses.engine) as session:
        versions.existing(session, post_id)
        return [
            Viewed(contact_id=one.contact_id, level=one.level, first_at=one.first_at)
            for one in views.seen(session, post_id)
        ]


@router.post("/{post_id}/publish", summary="Publish")
def publish(post_id: UUID, caller: MayPublish, uses: Uses) -> PublishedBody:
    """Let the client see the newest version, if both reviews have approved exactly it. Safe to repeat.

    A run publishes its posts itself; this is for corrections after it has ended.
    """
    with transaction(uses.engine) as session:
        done = posts.publish(session, post_id, caller.origin)
    return PublishedBody(published=done.is_published, version=done.version, refusal=done.refusal)


@router.post("/{post_id}/withdraw", summary="Withdraw")
def withdraw(post_id: UUID, body: WhyBody, caller: MayPublish, uses: Uses) -> Withdrawn:
    """Hide a post from the client, from the answer on. Safe to repeat."""
    with transaction(uses.engine) as session:
        return Withdrawn(withdrawn=withdrawing.withdraw(session, post_id, caller.origin, body.reason))


@router.post("/{post_id}/corrections", status_code=HTTPStatus.CREATED, summary="Correct")
def correct(post_id: UUID, body: CorrectionBody, caller: MayPublish, uses: Uses) -> Staged:
    """Stage another wording, which needs both reviews anew. What is published stays visible until it is replaced."""
    given: dict[str, Any] = {
        name: getattr(body, name) for name in ("title", "body", "as_of", "figures") if getattr(body, name) is not None
    }
    risk = RiskClass.TWO_PEOPLE if body.two_people else RiskClass.ROUTINE
    with transaction(uses.engine) as session:
        post = versions.existing(session, post_id, lock=True)
        before = versions.text_of(post, versions.newest(session, post))
        text = type(before).model_validate(dict(before) | given)
        try:
            staged = posts.correct(session, post_id, text, caller.origin, body.reason, risk, _REVIEW_WITHIN)
        except UnusableCorrection as unusable:
            raise Problem(HTTPStatus.CONFLICT, str(unusable)) from None
    return Staged(**staged.model_dump())
