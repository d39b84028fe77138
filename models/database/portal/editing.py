"""Editing a draft that has become a post: the post gets the wording in the same transaction, so nothing old is approved."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from models.approving import ApprovalSubject, Review, RiskClass
from models.database.events import Origin
from models.database.permission import approvals
from models.database.portal import drafted, posts, versions
from models.database.tables.approvals import Approval
from models.database.tables.drafts import Draft
from models.database.tables.portal import Post
from models.portal.posts import InternalNote, PostText
from models.portal.standing import PostState

EDITED = "its draft was edited"
TIME_TO_REVIEW = timedelta(days=5)
"""Where nobody was asked before, because the wording was one that nobody may be asked about."""


class Unfit(StrEnum):
    """Why a post cannot be given the wording of its draft."""

    PUBLISHED = "published"
    REPLACED = "replaced"
    """The post has another wording by now."""
    UNFIT = "unfit"
    """Too long, or empty."""


def locked(session: Session, post_id: UUID | None) -> Post | None:
    """Return a post locked against every other change, None for no post."""
    return versions.existing(session, post_id, lock=True) if post_id else None


def edit(session: Session, post: Post, draft: Draft, subject: str, body: str, by: Origin) -> Unfit | None:
    """Give a post that waits for its reviews another wording, and its draft with it; both must be locked.

    Whoever was asked to review is asked again, save the editor. Returns why not, None if it was done.
    """
    if post.state != PostState.STAGED or post.published_version is not None:
        return Unfit.PUBLISHED
    standing = drafted.of_post(session, post)
    if standing is None or standing.id != draft.id:
        return Unfit.REPLACED
    version = versions.newest(session, post)
    before = versions.text_of(post, version)
    try:
        text = PostText.model_validate(dict(before) | {"title": subject, "body": body})
    except ValidationError:
        return Unfit.UNFIT
    if (text.title, text.body) == (before.title, before.body):
        return None
    asked = {review: approvals.of(session, ApprovalSubject.POST, post.id, review) for review in Review}
    internal = [InternalNote.model_validate(note) for note in version.internal]
    reviewers = {review: one.approver for review, one in asked.items() if one is not None}
    posts.correct(session, post.id, text, by, EDITED, _risk(asked), _within(asked), internal, reviewers)
    return None


def _risk(asked: dict[Review, Approval | None]) -> RiskClass:
    owner = asked[Review.OWNER]
    return RiskClass(owner.risk) if owner is not None else RiskClass.ROUTINE


def _within(asked: dict[Review, Approval | None]) -> timedelta:
    """Return as much time as the reviewers had before."""
    owner = asked[Review.OWNER]
    if owner is None or owner.expires_at is None or owner.requested_at is None:
        return TIME_TO_REVIEW
    return owner.expires_at - owner.requested_at
