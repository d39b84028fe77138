"""What is paused, and every pause and resume that was ever asked for."""

from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, recorded_now


class Pause(SQLModel, table=True):
    """The current state of one scope, such as `everything`, `client:<id>`, `channel:<client>:sms`, `run:<id>`."""

    scope: str = Field(primary_key=True)
    paused: bool
    epoch: int = 0
    reason: str = ""
    owner: str = ""
    at: Moment = recorded_now()


class PauseEvent(SQLModel, table=True):
    """One pause or resume, never updated, so that its commit time can be compared with claims."""

    __tablename__ = "pause_event"

    id: int | None = Field(default=None, primary_key=True)
    scope: str = Field(index=True)
    kind: str
    epoch: int
    reason: str = ""
    owner: str
    source: str
    at: Moment = recorded_now()
