"""Texts for clients before anybody has reviewed them, with every revision."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now


class Draft(SQLModel, table=True):
    """One text in the making. `internal` until a person has reviewed its newest revision; any edit makes it so again."""

    __table_args__ = (
        UniqueConstraint("run_id", "key"),
        Index("draft_by_state", "state", "created_at"),
        Index("draft_of_post", "post_id", postgresql_where=text("post_id IS NOT NULL")),
    )

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    run_id: UUID = Field(foreign_key="run.id")
    key: str
    """Names it within its run, such as `notice/2`."""
    audience: dict[str, Any] = a_json()
    """A `models.wording.audiences.Audience`."""
    material: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """A `models.drafting.Material`: what a drafter is given; None for a text that was entered as it is."""
    owner: str
    state: str
    """`ordered` (no text yet), `internal` or `reviewed`."""
    revision: int = 0
    """The number of the newest revision; 0 if there is none."""
    post_id: UUID | None = Field(default=None, foreign_key="post.id")
    """The post of the portal that it became; the two reviews of the post are then its review."""
    reviewed_by: str | None = None
    reviewed_at: Moment = a_moment()
    created_at: Moment = recorded_now()


class DraftRevision(SQLModel, table=True):
    """One wording of a draft. A trigger refuses to change or delete it."""

    __tablename__ = "draft_revision"

    draft_id: UUID = Field(primary_key=True, foreign_key="draft.id")
    number: int = Field(primary_key=True)
    subject: str = ""
    body: str
    content_hash: str = Field(index=True)
    source: str
    """`deterministic`, `model` or `person`."""
    author: str
    """The handle of a person, the name of a model, or the drafter."""
    note: str = ""
    """Why it was made so, such as that the model was away."""
    at: Moment = recorded_now()
