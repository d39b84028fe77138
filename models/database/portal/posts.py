"""Posts for clients: staged inside, published once both reviews have approved this very wording, corrected.

A workflow, the API and the command line all end here; `withdrawing` hides one.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.approving import ApprovalSubject, Review, RiskClass
from models.compensation import UndoKind
from models.database import drafts, events, undos
from models.database.engine import now
from models.database.events import Origin, TaskOrder
from models.database.permission import marks
from models.database.portal import drafted, projection, reviewing, versions
from models.database.portal.withdrawing import WITHDRAWN_TASK, subject_of
from models.database.portal.wording import check, look
from models.database.tables.portal import Post
from models.errors import KeyReusedWithDifferentContent, UnusableCorrection
from models.event_kinds import EventKind
from models.identity import content_hash
from models.portal.posts import InternalNote, PostText
from models.portal.standing import PostStanding, PostState, Publication, StagedPost, WhyNotPublished
from models.terms import ApprovalState
from models.wording.audiences import Stage
from models.wording.findings import strictest

BLOCKED_TASK = "post_blocked"
_BLOCKED = "This post may not be published as it is worded. Read its findings, correct it, and have it reviewed again."
_TASKS = {
    WhyNotPublished.WORDING_BLOCKED: _BLOCKED,
    WhyNotPublished.DECISION_ALTERED: (
        "A decision on this post is not the one that was given: somebody has changed the database past the service. Tell an "
        "engineer (comms audit names it), and have another wording reviewed; this one is not shown."
    ),
}
_WHY = {
    (Review.OWNER, True): WhyNotPublished.OWNER_REJECTED,
    (Review.OWNER, False): WhyNotPublished.OWNER_APPROVAL_MISSING,
    (Review.PRIVACY, True): WhyNotPublished.PRIVACY_REJECTED,
    (Review.PRIVACY, False): WhyNotPublished.PRIVACY_REVIEW_MISSING,
}
"""By review, and whether it was rejected."""


def stage(
    session: Session,
    client_id: UUID,
    run_id: UUID,
    text: PostText,
    number: int,
    author: str,
    risk: RiskClass,
    within: timedelta,
    internal: Sequence[InternalNote] = (),
    reviewers: Mapping[Review, str] | None = None,
    draft_id: UUID | None = None,
) -> StagedPost:
    """Store a post and ask for its owner's approval and its privacy review. Nobody outside sees it.

    Safe to repeat for a run, thread and number. Other wording is the next version, and voids what was approved. `reviewers`
    are asked first; without them, the first by name who may decide. `draft_id`: the draft whose wording it is, which these
    two reviews then review.

    Wording that may not be seen is stored too, but nobody is asked to review it: see `blocked_by`, and the owner's task.

    Raises:
        KeyReusedWithDifferentContent: it is published with other wording; `correct` changes that.
        NotReviewed: it is the text of a draft that nobody has reviewed as it stands.
    """
    if draft_id is None:
        drafts.refuse_unreviewed(session, client_id, [content_hash(text.title, text.body), content_hash("", text.body)])
    fields = {"run_id": run_id, "client_id": client_id, "thread": text.thread, "number": number, "kind": text.kind}
    inserted = insert(Post).values(id=uuid4(), state=PostState.STAGED, version=1, **fields)
    added = session.execute(inserted.on_conflict_do_nothing().returning(col(Post.id))).scalar_one_or_none()
    place = (col(Post.run_id) == run_id, col(Post.thread) == text.thread, col(Post.number) == number)
    post = session.exec(select(Post).where(*place).with_for_update()).one()
    if added is not None:
        versions.add(session, post, text, author, internal)
        _record(session, EventKind.POST_STAGED, Origin("workflow", author), post)
    elif versions.newest(session, post).content_hash != text.content_hash:
        if post.state != PostState.STAGED or post.published_version is not None:
            raise KeyReusedWithDifferentContent(f"post {post.id} was published with other wording")
        post.version += 1
        versions.add(session, post, text, author, internal)
        _record(session, EventKind.POST_STAGED, Origin("workflow", author), post)
    if draft_id is not None:
        drafted.became(session, draft_id, post)
    return _reviewed_by_both(session, post, text, Origin("workflow", author), risk, within, reviewers)


def standing(session: Session, post_id: UUID) -> PostStanding:
    """Return where the newest version of a post stands. Raises UnknownRecord."""
    post = versions.existing(session, post_id)
    version = versions.newest(session, post)
    text = versions.text_of(post, version)
    reviews = reviewing.states(session, post_id, text)
    return PostStanding(
        post_id=post_id,
        state=PostState(post.state),
        version=post.version,
        content_hash=version.content_hash,
        published_version=post.published_version,
        owner_approval=reviews[Review.OWNER],
        privacy_review=reviews[Review.PRIVACY],
        worst_finding=strictest(look(session, post, text).found),
    )


def publish(session: Session, post_id: UUID, origin: Origin) -> Publication:
    """Let the client see the newest version, if both reviews have approved exactly it and its wording may be seen.

    Safe to repeat. Its undo is registered first. Raises UnknownRecord.
    """
    post = versions.existing(session, post_id, lock=True)
    if post.state == PostState.PUBLISHED and post.published_version == post.version:
        return Publication(post_id=post_id, version=post.version)
    text = versions.text_of(post, versions.newest(session, post))
    refusal = _refusal(session, post, text)
    if refusal is not None:
        return _refused(session, post, refusal, origin)
    undos.register(session, post.run_id, f"publish:{post_id}", UndoKind.PORTAL_POST, str(post_id))
    corrected = post.published_version is not None
    post.published_at = post.published_at or now(session)
    post.state, post.published_version, post.withdrawn_at = PostState.PUBLISHED, post.version, None
    session.flush()
    projection.show(session, post, text, corrected=corrected)
    drafted.reviewed_with(session, post, origin)
    _record(session, EventKind.POST_PUBLISHED, origin, post, "corrected" if corrected else "")
    for task in (BLOCKED_TASK, WITHDRAWN_TASK):
        events.close_tasks(session, task, str(post_id), origin)
    return Publication(post_id=post_id, version=post.version)


def correct(
    session: Session,
    post_id: UUID,
    text: PostText,
    origin: Origin,
    reason: str,
    risk: RiskClass,
    within: timedelta,
    internal: Sequence[InternalNote] = (),
    reviewers: Mapping[Review, str] | None = None,
) -> StagedPost:
    """Stage another wording of a post, which needs both reviews anew. What is published stays visible until then.

    A draft that it came from gets the same wording. `reviewers` as in `stage`.

    Raises:
        UnknownRecord: there is no such post.
        UnusableCorrection: nothing is different, or it would be a post of another kind or thread.
    """
    post = versions.existing(session, post_id, lock=True)
    if (text.kind, text.thread) != (post.kind, post.thread):
        raise UnusableCorrection("a correction keeps the kind and the thread of its post")
    if versions.newest(session, post).content_hash == text.content_hash:
        raise UnusableCorrection("this is the wording that the post has; nothing would be corrected")
    drafted.follow(session, post, text, origin)
    post.version += 1
    if post.state == PostState.WITHDRAWN:
        post.state = PostState.STAGED
    versions.add(session, post, text, origin.actor, internal, reason)
    _record(session, EventKind.POST_CORRECTED, origin, post, reason)
    return _reviewed_by_both(session, post, text, origin, risk, within, reviewers)


def _reviewed_by_both(
    session: Session,
    post: Post,
    text: PostText,
    origin: Origin,
    risk: RiskClass,
    within: timedelta,
    reviewers: Mapping[Review, str] | None = None,
) -> StagedPost:
    """Ask for both reviews, unless the wording may not be seen: then its owner has to put it right first."""
    found = check(session, Stage.DRAFT, post, text)
    staged = StagedPost(post_id=post.id, version=post.version, content_hash=text.content_hash)
    if found.blocks:
        order = TaskOrder(BLOCKED_TASK, str(post.id), _BLOCKED, {"found": found.in_short})
        events.open_task(session, order, subject_of(session, post), origin)
        return staged.model_copy(update={"blocked_by": found.in_short})
    events.close_tasks(session, BLOCKED_TASK, str(post.id), origin)
    reviewing.ask_both(session, post, text, origin.actor, risk, within, reviewers)
    return staged


def _refusal(session: Session, post: Post, text: PostText) -> WhyNotPublished | None:
    if post.state == PostState.WITHDRAWN:
        return WhyNotPublished.WITHDRAWN
    for review, state in reviewing.states(session, post.id, text, lock=True).items():
        if state is not ApprovalState.APPROVED:
            return _WHY[review, state is ApprovalState.REJECTED]
    if marks.rests_on_altered(session, ApprovalSubject.POST, post.id):
        return WhyNotPublished.DECISION_ALTERED
    if check(session, Stage.CLAIM, post, text).blocks:
        return WhyNotPublished.WORDING_BLOCKED
    return None


def _refused(session: Session, post: Post, why: WhyNotPublished, origin: Origin) -> Publication:
    about = subject_of(session, post)
    _record(session, EventKind.POST_NOT_PUBLISHED, origin, post, why)
    if why in _TASKS:
        events.open_task(session, TaskOrder(BLOCKED_TASK, str(post.id), _TASKS[why]), about, origin)
    return Publication(post_id=post.id, version=post.version, refusal=why)


def _record(session: Session, kind: EventKind, origin: Origin, post: Post, reason: str = "") -> None:
    facts = {"post": str(post.id), "version": post.version}
    events.record(session, kind, origin, subject_of(session, post), reason, **facts)
