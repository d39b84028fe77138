"""The redaction view: what a client will see, beside everything of the post that stays inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.database.portal import versions
from models.database.portal.posts import standing
from models.database.portal.wording import look
from models.database.tables.portal import Post, PostVersion
from models.portal.marking import Stretch, marked
from models.portal.posts import PostText
from models.portal.standing import PostStanding
from models.wording.findings import Finding
from models.wording.reading import read

_PAGE = text(
    """
    SELECT p.id, c.key AS client, p.run_id, p.thread, p.number, p.kind, p.state, p.version, p.published_version,
        p.published_at, p.withdrawn_at, p.created_at, v.title, v.author, v.content_hash
    FROM post p JOIN client c ON c.id = p.client_id JOIN post_version v ON v.post_id = p.id AND v.version = p.version
    WHERE (CAST(:clients AS uuid[]) IS NULL OR p.client_id = ANY (:clients))
      AND (CAST(:state AS text) IS NULL OR p.state = :state)
    ORDER BY p.created_at DESC, p.id LIMIT 500
    """
)


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a post as a client will read it, with what was found in it."""

    name: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Redaction:
    """A post from both sides. `text` and `parts` are what a client will see, `versions` hold what stays inside."""

    post: Post
    standing: PostStanding
    text: PostText
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    versions: Sequence[PostVersion]


def listed(session: Session, state: str | None, clients: Sequence[UUID] | None = None) -> list[RowMapping]:
    """Return the newest posts of these clients (None: all) with the title of their newest version."""
    return list(session.execute(_PAGE, {"clients": clients, "state": state}).mappings())


def redaction(session: Session, post_id: UUID) -> Redaction:
    """Return a post from both sides. Raises UnknownRecord."""
    post = versions.existing(session, post_id)
    wording = versions.text_of(post, versions.newest(session, post))
    found = look(session, post, wording).found
    parts = {"title": ("subject", wording.title), "text": ("body", wording.whole)}
    return Redaction(
        post=post,
        standing=standing(session, post_id),
        text=wording,
        parts=tuple(
            Part(name, tuple(marked(read(part, written).text, [one for one in found if one.part == part])))
            for name, (part, written) in parts.items()
        ),
        findings=found,
        versions=versions.all_of(session, post),
    )
