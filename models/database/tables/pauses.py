"""What is paused and was paused, what each pause found under way, and how its resume was previewed and carried out."""

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Computed, Index, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now


class Pause(SQLModel, table=True):
    """One pause of one scope, such as `everything`, `client:<id>`, `channel:<client>:sms`, `run:<id>`.

    Several may hold the same scope; each is lifted for itself.
    """

    __table_args__ = (
        Index("one_open_pause", "scope", "code", "put_by", unique=True, postgresql_where=text("lifted_at IS NULL")),
        Index("pause_of_scope", "scope"),
        Index("pause_to_announce", "at", postgresql_where=text("announced_at IS NULL")),
    )

    id: UUID = an_id()
    scope: str
    code: str
    """A `PauseCode`."""
    reason: str = ""
    """Why, in words without personal data."""
    owner: str
    """Who answers for it."""
    put_by: str
    source: str
    """The way it came in: `api`, `temporal_ui`, or what the service itself concluded it from."""
    held_work: str
    """A `HeldWork`."""
    ends_at: Moment = a_moment()
    lift_rule: str | None = None
    """A `LiftRule`. None: it never lifts itself."""
    evidence: dict[str, Any] = a_json()
    """What an automatic pause was concluded from: codes, counts and ids."""
    runs: int = 0
    """How many open runs it found inside its scope."""
    epoch: int
    """How often its scope was paused or resumed, at its last change; a resume names it."""
    at: Moment = recorded_now()
    announced_at: Moment = a_moment()
    """When the outbox had every open run inside it; None until then. Nothing leaves before either."""
    lifted_at: Moment = a_moment()
    lifted_by: str | None = None
    per_second: float | None = None
    """How many messages may leave per second after its resume."""
    paused: bool | None = Field(default=None, sa_column=Column(Boolean, Computed("lifted_at IS NULL", persisted=True)))


class PauseEvent(SQLModel, table=True):
    """One pause or resume, never updated, so that its commit time can be compared with claims."""

    __tablename__ = "pause_event"

    id: int | None = Field(default=None, primary_key=True)
    pause_id: UUID | None = None
    """None before there could be several of one scope."""
    scope: str = Field(index=True)
    kind: str
    epoch: int
    reason: str = ""
    owner: str
    source: str
    at: Moment = recorded_now()


class PauseInFlight(SQLModel, table=True):
    """A call that was claimed before a pause took effect, and may still arrive."""

    __tablename__ = "pause_in_flight"

    pause_id: UUID = Field(primary_key=True, foreign_key="pause.id")
    message_id: UUID = Field(primary_key=True, foreign_key="message.id")
    fence: int


class PausePreview(SQLModel, table=True):
    """What a resume would do, as somebody was shown it. A resume names one."""

    __tablename__ = "pause_preview"

    id: UUID = an_id()
    pause_id: UUID = Field(foreign_key="pause.id", index=True)
    epoch: int
    asked_by: str
    per_second: float
    counts: dict[str, int] = a_json()
    at: Moment = recorded_now()


class PauseDrain(SQLModel, table=True):
    """One message that a pause held when it was resumed, and what the gate said then would become of it."""

    __tablename__ = "pause_drain"

    pause_id: UUID = Field(primary_key=True, foreign_key="pause.id")
    message_id: UUID = Field(primary_key=True, foreign_key="message.id", index=True)
    expected: str
    """`will_send`, a `HoldReason` or a `NotSentReason`; empty if the gate was not asked."""
    turn_at: Moment = a_moment()
