"""Finished jobs, where their customers may leave a review, whether the link was used, and the reviews that were seen."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, an_id, recorded_now
from models.review_requests.eligibility import ASKED_AFTER, COOL_DOWN
from models.review_requests.pacing import ASKS_PER_DAY


class ReviewLocation(SQLModel, table=True):
    """One location of a client: where its customers leave reviews, how it asks for them, and how its reviews are read."""

    __tablename__ = "review_location"
    __table_args__ = (
        UniqueConstraint("client_id", "key"),
        CheckConstraint("asks_per_day >= 1", name="asks_somebody"),
        CheckConstraint("review_url LIKE 'https://%'", name="review_url_is_encrypted"),
    )

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    key: str
    review_url: str
    """Where everybody's link leads, whatever they think of the job."""
    google_name: str = ""
    """`accounts/{account}/locations/{location}` at Google Business Profile; empty: its reviews are not read."""
    time_zone: str
    asks_per_day: int = ASKS_PER_DAY
    ask_after: timedelta = ASKED_AFTER
    """How long after the end of a job its customer is asked."""
    cool_down: timedelta = COOL_DOWN
    """How long a customer is left alone after having been asked."""
    thanks: bool = False
    """Whether who has left a review is thanked, if their job has had fewer than two messages."""
    read_state: str = "not_connected"
    """A `models.digests.freshness.SourceStatus`."""
    read_through: Moment = a_moment()
    """Every review changed up to here is known."""
    read_at: Moment = a_moment()
    """When it was last read to the end."""
    read_problem: str = ""
    """Why the newest try failed, as a code; empty if it did not."""
    read_again_at: Moment = a_moment()
    """Not before this moment: the provider has asked for patience."""
    created_by: str
    created_at: Moment = recorded_now()


class FinishedJob(SQLModel, table=True):
    """One job of a client, under its own id: its customer is asked for a review at most once. The customer is its lead."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("client_id", "job_id"),
        UniqueConstraint("run_id"),
        Index("job_by_day", "location_id", "asked_on", postgresql_where=text("asked_on IS NOT NULL")),
        Index("job_by_day_of_reminder", "location_id", "reminded_on", postgresql_where=text("reminded_on IS NOT NULL")),
        Index("job_by_customer", "lead_id"),
    )

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    location_id: UUID = Field(foreign_key="review_location.id")
    job_id: str
    """The client's own."""
    lead_id: UUID = Field(foreign_key="lead.id")
    run_id: UUID = Field(foreign_key="run.id")
    state: str
    """A `models.review_requests.eligibility.JobState`."""
    completed_at: Moment = a_moment()
    is_staff_or_family: bool = False
    is_minor: bool = False
    source: str
    """The system that said so, such as `field_service`."""
    reported_by: str
    reported_at: Moment = recorded_now()
    changed_at: Moment = a_moment()
    not_asked: str | None = None
    """Why its customer is not asked, or no further: a `NotAsked`, or the reason of a message that never left."""
    waits_since: Moment = a_moment()
    """Since when it waits for an open complaint to be settled; NULL once it has gone on."""
    ask_from: Moment = a_moment()
    """When the customer's turn is."""
    asked_on: date | None = None
    """The day of that turn on the location's calendar: what the pace counts."""
    remind_from: Moment = a_moment()
    reminded_on: date | None = None
    """The same for the reminder."""


class ReviewLink(SQLModel, table=True):
    """The link of one message. It names nobody."""

    __tablename__ = "review_link"
    __table_args__ = (UniqueConstraint("run_id", "step"),)

    token: str = Field(primary_key=True)
    run_id: UUID = Field(foreign_key="run.id")
    step: str
    location_id: UUID = Field(foreign_key="review_location.id")


class ReviewLinkUse(SQLModel, table=True):
    """One use of a link, without address or browser of whoever used it."""

    __tablename__ = "review_link_use"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(foreign_key="review_link.token", index=True)
    at: Moment = recorded_now()
    not_counted: str | None = None
    """A `models.review_requests.clicks.NotCounted`; NULL if it counts as a person's click."""


class ObservedReview(SQLModel, table=True):
    """A review as it was last seen, and which request it may answer. Its text is not kept."""

    __tablename__ = "review_observed"
    __table_args__ = (
        UniqueConstraint("location_id", "review_id"),
        Index("review_of_run", "run_id", postgresql_where=text("run_id IS NOT NULL")),
        Index("review_in_order", "location_id", "created_at"),
    )

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    location_id: UUID = Field(foreign_key="review_location.id")
    provider: str
    review_id: str
    reviewer: str = ""
    """The display name; empty if anonymous."""
    stars: int | None = None
    """For reports only: nothing that decides who is asked, or what follows, reads it."""
    created_at: Moment = a_moment()
    updated_at: Moment = a_moment()
    match_confidence: str | None = None
    """A `models.review_requests.matching.MatchConfidence`; NULL if no request was under way."""
    run_id: UUID | None = Field(default=None, foreign_key="run.id")
    """The request that it is ascribed to: never on the time alone."""
    seen_at: Moment = recorded_now()
