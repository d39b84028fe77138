"""What is said and in which order: versioned templates and sequences. A version never changes once stored."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, an_id, recorded_now


class Template(SQLModel, table=True):
    """One version of one text. `content_hash` covers channel, purpose, subject and body: what an approver approves."""

    __table_args__ = (UniqueConstraint("key", "version"),)

    id: UUID = an_id()
    key: str
    version: int
    channel: str
    consent_needed: int
    """The rung of `ConsentKind` that a recipient must have given."""
    subject: str = ""
    body: str
    content_hash: str = Field(index=True)
    created_by: str
    created_at: Moment = recorded_now()


class Sequence(SQLModel, table=True):
    """One version of an ordered set of steps. `definition` is a `models.copywriting.SequenceVersion`."""

    __table_args__ = (UniqueConstraint("key", "version"),)

    id: UUID = an_id()
    key: str
    version: int
    title: str
    definition: dict[str, Any] = a_json()
    created_by: str
    created_at: Moment = recorded_now()
