"""What is reported to whom and when, from which sources, with which figures, and what changed after it was shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now, some_text


class Project(SQLModel, table=True):
    """What the agency does for a client, such as local search; reports are made of it."""

    __table_args__ = (UniqueConstraint("client_id", "key"),)

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    key: str
    name: str
    created_at: Moment = recorded_now()


class Report(SQLModel, table=True):
    """One regular report of a project: how often, from which sources, and who answers for it. Zone: the client's."""

    __table_args__ = (UniqueConstraint("project_id", "cadence"),)

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id", index=True)
    project_id: UUID = Field(foreign_key="project.id")
    cadence: str
    """A `models.digests.periods.Cadence`."""
    required_sources: list[str] = some_text()
    """Without these there is no report."""
    optional_sources: list[str] = some_text()
    owner: str
    """The account manager, who is told of what is missing and of what is not read."""
    escalation_owner: str
    approver: str
    privacy_reviewer: str
    active: bool = True
    scheduled_as: str = ""
    """The schedule as it was last given to Temporal, see `models.database.reports.scheduling`; empty if there is none."""
    created_at: Moment = recorded_now()


class ReportPeriod(SQLModel, table=True):
    """One closed period of a report. At most one run at a time makes its digest."""

    __tablename__ = "report_period"
    __table_args__ = (UniqueConstraint("report_id", "starts"),)

    id: UUID = an_id()
    report_id: UUID = Field(foreign_key="report.id")
    client_id: UUID = Field(foreign_key="client.id")
    starts: date
    ends: date
    """The last day of it."""
    state: str
    """A `models.digests.travelling.PeriodState`."""
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    """The run that makes its digest, or made it last."""
    post_id: UUID | None = Field(default=None, foreign_key="post.id")
    """What was put before its two reviewers, and published."""
    caveats: dict[str, Any] = a_json()
    """What each source said of itself when it was read last, as `models.digests.caveats.Said`, by source and location."""
    closed_at: Moment = recorded_now()
    published_at: Moment = a_moment()


class ReportNote(SQLModel, table=True):
    """What a colleague noted about a report. Internal: no digest, page or message is made of it."""

    __tablename__ = "report_note"

    id: UUID = an_id()
    report_id: UUID = Field(foreign_key="report.id", index=True)
    period_id: UUID | None = Field(default=None, foreign_key="report_period.id")
    author: str
    body: str
    at: Moment = recorded_now()


class SourceConnection(SQLModel, table=True):
    """A client's account at a source, with the sealed right to read it."""

    __tablename__ = "source_connection"
    __table_args__ = (UniqueConstraint("client_id", "source", "location"),)

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    source: str
    location: str = ""
    account: str = Field(index=True)
    sealed_token: bytes
    """The OAuth refresh token."""
    sealed_with: str
    connected_by: str
    connected_at: Moment = recorded_now()
    disconnected_at: Moment = a_moment()


class SourceStanding(SQLModel, table=True):
    """How fresh the figures of one source of a client are, for one location or all."""

    __tablename__ = "source_state"

    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    source: str = Field(primary_key=True)
    location: str = Field(default="", primary_key=True)
    status: str
    """A `models.digests.freshness.SourceStatus`."""
    complete_through: date | None = None
    covered_days: int | None = None
    coverage: float = 0.0
    """Share of the newest period that it covers, 0 to 1."""
    synced_at: Moment = a_moment()
    """When it was last read to the end."""
    tried_at: Moment = a_moment()
    auth_lost_at: Moment = a_moment()
    problem: str = ""
    """Why the newest try failed, as a code; empty if it did not."""
    changed_at: Moment = a_moment()
    """When the source last said that something in it had changed."""


class StoredFigure(SQLModel, table=True):
    """One figure as it was read. Rows are only added: a changed figure is a new row, the newest one counts."""

    __tablename__ = "report_figure"
    __table_args__ = (
        Index("figure_of_period", "report_id", "starts", "key", "source", "basis", "id"),
        ForeignKeyConstraint(["run_id"], ["run.id"]),
    )

    id: int | None = Field(default=None, primary_key=True)
    client_id: UUID = Field(foreign_key="client.id")
    report_id: UUID = Field(foreign_key="report.id")
    run_id: UUID
    """The run that read it."""
    key: str
    label: str
    value: Decimal
    unit: str
    source: str
    basis: str = ""
    starts: date
    ends: date
    as_of: datetime = Field(sa_type=DateTime(timezone=True))


class ShownFigure(SQLModel, table=True):
    """That a figure stood in a published digest as the figure of its period."""

    __tablename__ = "shown_figure"

    figure_id: int = Field(primary_key=True, foreign_key="report_figure.id")
    run_id: UUID = Field(primary_key=True, foreign_key="run.id", index=True)


class RestatedFigure(SQLModel, table=True):
    """A figure that was shown and has changed since, and the digest that tells it."""

    __tablename__ = "restatement"
    __table_args__ = (
        UniqueConstraint("shown_id", "now_id"),
        Index("untold_restatement", "report_id", postgresql_where=text("told_at IS NULL")),
    )

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    report_id: UUID = Field(foreign_key="report.id")
    shown_id: int = Field(foreign_key="report_figure.id")
    now_id: int = Field(foreign_key="report_figure.id")
    found_by: UUID = Field(foreign_key="run.id")
    found_at: Moment = recorded_now()
    told_by: UUID | None = Field(default=None, foreign_key="run.id")
    told_at: Moment = a_moment()
