"""Whether what was written to us has reached us: signs of life of the web hooks, outages, and how far they were made up for."""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, recorded_now


class Heartbeat(SQLModel, table=True):
    """When a part of the service last showed that it can write. One row per part, such as `inbound`."""

    part: str = Field(primary_key=True)
    at: Moment = recorded_now()


class InboundGap(SQLModel, table=True):
    """A time in which a STOP may have been missed. Nothing is sent to contacts until it is closed."""

    __tablename__ = "inbound_gap"
    __table_args__ = (Index("open_inbound_gap", "id", postgresql_where=text("closed_at IS NULL")),)

    id: int | None = Field(default=None, primary_key=True)
    began_at: Moment = recorded_now()
    """The last sign of life before it."""
    ended_at: Moment = recorded_now()
    """The first sign of life after it."""
    closed_at: Moment = a_moment()
    """When a backfill had read past its end."""
    found: int = 0
    """How many messages the backfill brought in that no web hook had."""


class Backfill(SQLModel, table=True):
    """Up to which moment the messages that a provider has received for us are known to be here."""

    source: str = Field(primary_key=True)
    high_water: Moment = recorded_now()
    at: Moment = recorded_now()
    """When it was last read."""
