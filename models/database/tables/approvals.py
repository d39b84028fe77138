"""Who approved which exact wording."""

from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, an_id, recorded_now


class Approval(SQLModel, table=True):
    """A request to approve. `content_hash` covers all its items, so that any edit needs a new approval."""

    __table_args__ = (
        Index(
            "one_current_approval",
            "subject",
            "subject_id",
            "review",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("approval_to_watch", "watch_at", postgresql_where=text("watch_at IS NOT NULL")),
    )

    id: UUID = an_id()
    subject: str
    """An `ApprovalSubject`."""
    subject_id: UUID = Field(index=True)
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    """The run that waits for it."""
    review: str = Field(default="owner", sa_column_kwargs={"server_default": "owner"})
    risk: str = Field(default="routine", sa_column_kwargs={"server_default": "routine"})
    content_hash: str
    audience_hash: str = Field(default="", sa_column_kwargs={"server_default": ""})
    recipients: list[str] | None = Field(default=None, sa_type=ARRAY(Text))
    """Address hashes to which what relies on it may go; None if it is not about addresses."""
    approver: str
    delegate: str | None = None
    requested_by: str
    last_editor: str | None = None
    requested_at: Moment = recorded_now()
    expires_at: Moment = a_moment()
    superseded_at: Moment = a_moment()
    noticed_at: Moment = a_moment()
    """When the watcher has told the approver, or has found that the workflow of its run has."""
    reminded_at: Moment = a_moment()
    delegated_at: Moment = a_moment()
    """From when on the delegate may decide too."""
    escalated_at: Moment = a_moment()
    watch_at: Moment = a_moment()
    """When something may be due about it; None once it is settled."""


class ApprovalItem(SQLModel, table=True):
    """One hash that the approval covers: the rendered content of a message, or a template version."""

    __tablename__ = "approval_item"

    approval_id: UUID = Field(primary_key=True, foreign_key="approval.id")
    content_hash: str = Field(primary_key=True, index=True)


class Decision(SQLModel, table=True):
    """A decision that was allowed. Refused attempts are events, not rows here. Approvals after the newest no count."""

    id: int | None = Field(default=None, primary_key=True)
    approval_id: UUID = Field(foreign_key="approval.id", index=True)
    content_hash: str
    audience_hash: str = Field(default="", sa_column_kwargs={"server_default": ""})
    decision: str
    approver: str
    channel: str
    principal: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Whom the Temporal server had verified, as `type:name`; empty where it verifies nobody."""
    reason: str = ""
    at: Moment = recorded_now()


class DecisionMark(SQLModel, table=True):
    """The keyed hash over one decision. A table of its own, because rows of decisions are never updated."""

    __tablename__ = "decision_mark"

    decision_id: int = Field(primary_key=True, foreign_key="decision.id")
    mark: str


class ApprovalCode(SQLModel, table=True):
    """A single-use code that lets one approver decide from the Temporal UI. Only its keyed hash is stored."""

    __tablename__ = "approval_code"

    code_hash: str = Field(primary_key=True)
    approval_id: UUID = Field(foreign_key="approval.id", index=True)
    approver: str
    issued_at: Moment = recorded_now()
    expires_at: Moment = a_moment()
    used_at: Moment = a_moment()


class ApprovalLink(SQLModel, table=True):
    """A single-use link that leads one approver to one approval. It proves nobody's identity. Only its hash is stored."""

    __tablename__ = "approval_link"

    token_hash: str = Field(primary_key=True)
    approval_id: UUID = Field(foreign_key="approval.id", index=True)
    approver: str
    content_hash: str
    audience_hash: str
    issued_at: Moment = recorded_now()
    expires_at: Moment = a_moment()
    used_at: Moment = a_moment()
