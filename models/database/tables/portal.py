"""What clients may see (`portal_post`, behind row-level security), and the internal side it is a projection of."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now
from models.portal.posts import PostKind
from models.portal.standing import PostState

KINDS = ", ".join(f"'{kind}'" for kind in PostKind)


class Post(SQLModel, table=True):
    """Something meant for a client: internal, with its drafts and notes. `number` counts the posts of one thread of a run."""

    __table_args__ = (UniqueConstraint("run_id", "thread", "number"),)

    id: UUID = an_id()
    run_id: UUID = Field(foreign_key="run.id")
    client_id: UUID = Field(foreign_key="client.id", index=True)
    thread: str
    number: int
    kind: str
    state: str = PostState.STAGED
    version: int = 1
    """The newest."""
    published_version: int | None = None
    published_at: Moment = a_moment()
    withdrawn_at: Moment = a_moment()
    created_at: Moment = recorded_now()


class PostVersion(SQLModel, table=True):
    """One wording of a post. Never changed: an edit is the next version. `internal` is for colleagues only."""

    __tablename__ = "post_version"

    post_id: UUID = Field(primary_key=True, foreign_key="post.id")
    version: int = Field(primary_key=True)
    title: str
    body: str
    as_of: Moment = a_moment()
    figures: list[dict[str, Any]] = a_json(list)
    internal: list[dict[str, Any]] = a_json(list)
    content_hash: str
    author: str
    reason: str = ""
    """Why it corrects the one before."""
    created_at: Moment = recorded_now()


class PortalPost(SQLModel, table=True):
    """The projection: what a client sees, and all that the portal's role may read. A withdrawn post has no row here."""

    __tablename__ = "portal_post"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="portal_post_kind"),
        Index("portal_post_newest", "client_id", "at"),
    )

    id: UUID = Field(primary_key=True, foreign_key="post.id")
    client_id: UUID = Field(foreign_key="client.id")
    thread: str
    kind: str
    title: str
    text: str
    as_of: Moment = a_moment()
    figures: list[dict[str, Any]] = a_json(list)
    """As they are shown; see `models.portal.posts.shown_figures`."""
    at: Moment = recorded_now()
    """When it was first published."""
    corrected_at: Moment = a_moment()


class PortalLink(SQLModel, table=True):
    """The right of one person at a client to read the portal. Only a hash of what stands in the address is stored."""

    __tablename__ = "portal_link"
    __table_args__ = (
        Index("one_link_in_use", "contact_id", "post_id", unique=True, postgresql_nulls_not_distinct=True,
              postgresql_where=text("superseded_at IS NULL AND revoked_at IS NULL")),
    )  # fmt: skip

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    contact_id: UUID = Field(foreign_key="client_contact.id", index=True)
    post_id: UUID | None = Field(default=None, foreign_key="post.id")
    """The post that it leads to first; None leads to the list."""
    token_hash: str = Field(unique=True)
    issued_at: Moment = recorded_now()
    issued_by: str
    expires_at: Moment = a_moment()
    superseded_at: Moment = a_moment()
    """A newer one was issued; this one works until it expires."""
    revoked_at: Moment = a_moment()
    revoked_by: str | None = None
    last_used_at: Moment = a_moment()


class PostView(SQLModel, table=True):
    """How far one person has seen one version of a post; how often, but neither address nor browser."""

    __tablename__ = "post_view"

    post_id: UUID = Field(primary_key=True, foreign_key="post.id")
    version: int = Field(primary_key=True)
    contact_id: UUID = Field(primary_key=True, foreign_key="client_contact.id")
    level: str = Field(primary_key=True)
    """A `ViewLevel`."""
    discounted: str = Field(primary_key=True, default="")
    """Why it is not a person's look: a `Discount`, or empty."""
    first_at: Moment = recorded_now()
    last_at: Moment = recorded_now()
    times: int = 1
