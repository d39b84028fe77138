"""What is known about the ledger's own wholeness, and what only the providers can tell of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime
from sqlmodel import Field, SQLModel

from models.database.tables.columns import UUID, Moment, a_json, a_moment, an_id, recorded_now


class LedgerEpoch(SQLModel, table=True):
    """The one row that says which incarnation of the ledger a person, or its first start, has declared whole.

    Sending needs all three to fit: nothing is held, `epoch` is the one in the settings, and `incarnation` is what
    `ledger_incarnation()` says now. A restored dump, a restored data directory after recovery and a promoted replica each
    change the incarnation.
    """

    __tablename__ = "ledger_epoch"
    __table_args__ = (CheckConstraint("id = 1", name="one_ledger_epoch"),)

    id: int = Field(default=1, primary_key=True)
    epoch: int = 1
    incarnation: str
    held_since: Moment = a_moment()
    reason: str = ""
    released_by: str = ""
    at: Moment = recorded_now()


class ForeignMessage(SQLModel, table=True):
    """A message that a provider has and no row of the ledger explains. Addresses and wording are kept as hashes only."""

    __tablename__ = "foreign_message"

    provider: str = Field(primary_key=True)
    provider_message_id: str = Field(primary_key=True)
    to_sha256: str
    body_sha256: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    found_at: Moment = recorded_now()


class Inquiry(SQLModel, table=True):
    """Something that only the worker can ask the providers. A kind of its own each; carried out beside the worker."""

    id: UUID = an_id()
    kind: str
    since: Moment = a_moment()
    asked_by: str
    asked_at: Moment = recorded_now()
    started_at: Moment = a_moment()
    finished_at: Moment = a_moment()
    done: int = 0
    """How many of the providers' messages have been read, for whoever waits."""
    report: dict[str, Any] = a_json()
    error: str = ""
    """A class name or a code if it could not be finished; it may be asked again."""
