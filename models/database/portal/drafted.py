"""Posts that were drafted: the draft goes along with its post, so that there is one wording and one review of it.

Locks are taken in one order: the post, then its draft.
"""

from uuid import UUID

from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from models.approving import ApprovalSubject, Review
from models.database import drafts
from models.database.drafts import Text
from models.database.events import Origin
from models.database.portal import versions
from models.database.tables.drafts import Draft, DraftRevision
from models.database.tables.portal import Post
from models.drafting import DraftSource, DraftState
from models.event_kinds import EventKind
from models.portal.posts import PostText

_APPROVED_BY = sql(
    f"""
    SELECT d.approver FROM decision d JOIN approval a ON a.id = d.approval_id
    WHERE a.subject = '{ApprovalSubject.POST}' AND a.subject_id = :post AND a.review = '{Review.OWNER}'
      AND a.superseded_at IS NULL AND d.decision = 'approve'
    ORDER BY d.id DESC LIMIT 1
    """
)


def became(session: Session, draft_id: UUID, post: Post) -> None:
    """Note which post a draft has become. The post must be locked. Safe to repeat. Raises UnknownRecord."""
    drafts.locked(session, draft_id).post_id = post.id
    session.flush()


def follow(session: Session, post: Post, text: PostText, origin: Origin) -> None:
    """Give the draft of a post the wording that a person gives the post. The post must be locked, and as it was before."""
    draft = of_post(session, post)
    if draft is not None and not _is_worded(drafts.newest(session, draft), text.title, text.body):
        edited = Text(text.title, text.body, DraftSource.PERSON, origin.actor)
        drafts.append(session, draft, edited, origin, EventKind.DRAFT_REVISED)


def reviewed_with(session: Session, post: Post, origin: Origin) -> None:
    """Note that the wording of a draft was reviewed, because both reviews of its post have approved it. Safe to repeat."""
    draft = of_post(session, post)
    if draft is not None and draft.state != DraftState.REVIEWED:
        by = session.execute(_APPROVED_BY, {"post": post.id}).scalar_one()
        drafts.mark_reviewed(session, draft, Origin(origin.source, by))


def of_post(session: Session, post: Post) -> Draft | None:
    """Return the draft whose newest wording is the newest of a post, locked; None if it was not drafted."""
    standing = versions.newest(session, post)
    query = select(Draft).where(col(Draft.post_id) == post.id).order_by(col(Draft.created_at).desc()).with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).all()
    mine = (one for one in found if _is_worded(drafts.newest(session, one), standing.title, standing.body))
    return next(mine, None)


def _is_worded(revision: DraftRevision, title: str, body: str) -> bool:
    return (revision.subject.strip(), revision.body.strip()) == (title, body)
