"""Permission to write to an address, as evidence that is only ever added to."""

from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, recorded_now


class Consent(SQLModel, table=True):
    """One consent event. An opt-out is an event too; nothing is deleted. The newest event of an address decides."""

    __table_args__ = (Index("consent_of_address", "client_id", "channel", "address_hash", "id"),)

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
    """Reference to what proves it: an inbox id, a form id, a provider code."""
    actor: str
    at: Moment = recorded_now()
