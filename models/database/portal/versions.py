"""The wordings of a post as stored: only ever added to."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.tables.portal import Post, PostVersion
from models.errors import UnknownRecord
from models.portal.posts import InternalNote, PostText


def existing(session: Session, post_id: UUID, *, lock: bool = False) -> Post:
    """Return a post, locked against every other change of it if asked for. Raises UnknownRecord."""
    found = session.get(Post, post_id, with_for_update=lock, populate_existing=True)
    if found is None:
        raise UnknownRecord(f"there is no post {post_id}")
    return found


def newest(session: Session, post: Post) -> PostVersion:
    """Return the newest wording of a post."""
    return session.get_one(PostVersion, (post.id, post.version))


def all_of(session: Session, post: Post) -> Sequence[PostVersion]:
    """Return every wording of a post, the newest first."""
    query = select(PostVersion).where(col(PostVersion.post_id) == post.id)
    return session.exec(query.order_by(col(PostVersion.version).desc())).all()


def add(
    session: Session, post: Post, text: PostText, author: str, internal: Sequence[InternalNote], reason: str = ""
) -> PostVersion:
    """Store a wording as the one that `post.version` names."""
    stored = PostVersion(
        post_id=post.id,
        version=post.version,
        title=text.title,
        body=text.body,
        as_of=text.as_of,
        figures=[figure.model_dump(mode="json") for figure in text.figures],
        internal=[note.model_dump() for note in internal],
        content_hash=text.content_hash,
        author=author,
        reason=reason,
    )
    session.add(stored)
    session.flush()
    return stored


def text_of(post: Post, version: PostVersion) -> PostText:
    """Return a stored wording as a value."""
    given = {"kind": post.kind, "thread": post.thread, "figures": version.figures}
    return PostText.model_validate(given | {"title": version.title, "body": version.body, "as_of": version.as_of})
