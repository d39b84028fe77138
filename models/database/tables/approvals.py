"""Who approved which exact wording."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, an_id, recorded_now


class Approval(SQLModel, table=True):
    """A request to approve. `content_hash` covers all its items, so that any edit needs a new approval."""

    id: UUID = an_id()
    subject: str
    """`run` or `template`."""
    subject_id: UUID = Field(index=True)
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    content_hash: str
    approver: str
    requested_by: str
    requested_at: Moment = recorded_now()
    expires_at: Moment = a_moment()
    superseded_at: Moment = a_moment()
    escalated_at: Moment = a_moment()


class ApprovalItem(SQLModel, table=True):
    """One hash that the approval covers: the rendered content of a message, or a template version."""

    __tablename__ = "approval_item"

    approval_id: UUID = Field(primary_key=True, foreign_key="approval.id")
    content_hash: str = Field(primary_key=True, index=True)


class Decision(SQLModel, table=True):
    """A decision that was allowed. Refused attempts are events, not rows here. The newest one of an approval counts."""

    id: int | None = Field(default=None, primary_key=True)
    approval_id: UUID = Field(foreign_key="approval.id", index=True)
    content_hash: str
    decision: str
    approver: str
    channel: str
    reason: str = ""
    at: Moment = recorded_now()


class ApprovalCode(SQLModel, table=True):
    """A single-use code that lets one approver decide from the Temporal UI. Only its keyed hash is stored."""

    __tablename__ = "approval_code"

    code_hash: str = Field(primary_key=True)
    approval_id: UUID = Field(foreign_key="approval.id", index=True)
    approver: str
    issued_at: Moment = recorded_now()
    expires_at: Moment = a_moment()
    used_at: Moment = a_moment()
