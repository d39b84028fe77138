"""One row per workflow, the start requests that asked for them, and the outbox through which Temporal hears of news."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, an_id, recorded_now


class Run(SQLModel, table=True):
    """What runs, for whom, who owns it, and how it ended."""

    id: UUID = an_id()
    kind: str
    client_id: UUID = Field(foreign_key="client.id", index=True)
    lead_id: UUID | None = Field(default=None, foreign_key="lead.id", index=True)
    sequence_id: UUID | None = Field(default=None, foreign_key="sequence.id")
    owner: str
    escalation_owner: str
    requested_by: str
    rollback_path: str
    state: str
    outcome: str | None = None
    stop_requested_by: str | None = None
    roll_back_requested_by: str | None = None
    away_until: Moment = a_moment()
    """Until when the lead has said to be away; nothing is sent to them before it."""
    trace_parent: str | None = None
    """W3C trace context of the request that asked for the run, so that one trace spans request and workflow."""
    requested_at: Moment = recorded_now()
    started_at: Moment = a_moment()
    closed_at: Moment = a_moment()


class StartRequest(SQLModel, table=True):
    """An accepted `Idempotency-Key`: same key and body, same run; same key and other body, refused."""

    __tablename__ = "start_request"

    actor: str = Field(primary_key=True)
    idempotency_key: str = Field(primary_key=True)
    body_hash: str
    run_id: UUID = Field(foreign_key="run.id")
    joined: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """The run was open already for the same contact and purpose; this request started nothing."""
    at: Moment = recorded_now()


class ActiveEnrollment(SQLModel, table=True):
    """That an address is in an open run for a purpose. The key makes a second one impossible; it goes when the run ends."""

    __tablename__ = "active_enrollment"

    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    purpose: str = Field(primary_key=True)
    address_hash: str = Field(primary_key=True)
    run_id: UUID = Field(foreign_key="run.id", index=True)
    since: Moment = recorded_now()


class Outbox(SQLModel, table=True):
    """At most one row per run: Temporal must hear of it. `news` counts up so that a nudge sent meanwhile is not lost."""

    run_id: UUID = Field(primary_key=True, foreign_key="run.id")
    purpose: str
    news: int = 1
    next_try_at: Moment = recorded_now()
    tries: int = 0
    last_error: str | None = None
