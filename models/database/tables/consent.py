"""Permission to write to an address, as evidence that is only ever added to."""

from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, recorded_now


class Consent(SQLModel, table=True):
    """One consent event. An opt-out is an event too; nothing is deleted. The newest event of an address decides."""

    __table_args__ = (
        Index("consent_of_address", "client_id", "channel", "address_hash", "id"),
        Index("hold_that_lapses", "lapses_at", postgresql_where=text("status = 'held'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    client_id: UUID = Field(foreign_key="client.id")
    channel: str
    address_hash: str
    status: str
    kind: int = 0
    """Rung of the ladder for `granted`; 0 otherwise."""
    source: str
    wording_version: str = ""
    evidence: str = ""
    """Reference to what proves it: an inbox id, a form id, a provider code, a page."""
    actor: str
    """Who collected it: a handle of staff, a system, or `recipient`."""
    scope: str = Field(default="channel", sa_column_kwargs={"server_default": "channel"})
    """What an opt-out covers: `channel`, all that the client sends through this one; `brand`, through any. An opt-out of
    the brand is one row for each address of the person."""
    seller: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The business that the permission names or the opt-out is addressed to, as it was called then."""
    given_at: Moment = a_moment()
    """When the person said so, where that was before it was recorded."""
    lapses_at: Moment = a_moment()
    """Of `held`: when it becomes an opt-out unless a person has decided."""
    at: Moment = recorded_now()
