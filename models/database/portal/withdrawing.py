"""Hiding a post from the client: by a person, by its run, and as soon as an approval that it rests on is taken back."""

from uuid import UUID

from sqlmodel import Session

from models.database import events, runs
from models.database.engine import now
from models.database.events import Origin, Subject, TaskOrder
from models.database.portal import projection, versions
from models.database.tables.portal import Post
from models.event_kinds import EventKind
from models.portal.standing import PostState

NO_LONGER_APPROVED = "no_longer_approved"
WITHDRAWN_TASK = "post_withdrawn"
_PUT_RIGHT = (
    "An approval of this post was taken back after it had been published, so the client no longer sees it. Some may have read "
    "it. Correct it and have it reviewed again (POST /v1/portal-posts/{post}/corrections), or leave it withdrawn."
)


def withdraw(session: Session, post_id: UUID, origin: Origin, reason: str) -> bool:
    """Hide a post from the client, at the commit. False if it was withdrawn already. Raises UnknownRecord.

    A post that is only staged is withdrawn too: it will not be published any more, unless it is corrected.
    """
    post = versions.existing(session, post_id, lock=True)
    if post.state == PostState.WITHDRAWN:
        return False
    post.state, post.withdrawn_at = PostState.WITHDRAWN, now(session)
    projection.hide(session, post)
    about = subject_of(session, post)
    facts = {"post": str(post.id), "version": post.version}
    events.record(session, EventKind.POST_WITHDRAWN, origin, about, reason, **facts)
    return True


def withdraw_unapproved(session: Session, post_id: UUID, origin: Origin) -> bool:
    """Hide a post of which one of the approvals was taken back. False if no client saw what they were given for.

    What an earlier version has published stays while a correction of it is rejected: nobody has taken that one's back.
    """
    post = session.get(Post, post_id, with_for_update=True, populate_existing=True)
    if post is None or post.state != PostState.PUBLISHED or post.published_version != post.version:
        return False
    withdraw(session, post_id, origin, NO_LONGER_APPROVED)
    order = TaskOrder(WITHDRAWN_TASK, str(post_id), _PUT_RIGHT.format(post=post_id), {"version": post.version})
    return events.open_task(session, order, subject_of(session, post), origin)


def subject_of(session: Session, post: Post) -> Subject:
    """Return what events and tasks about a post are about; the owner of its run answers for it."""
    return runs.subject(runs.existing(session, post.run_id))
