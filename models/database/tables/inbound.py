"""All that comes in from outside, stored once before it is answered."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, an_id, recorded_now


class Inbox(SQLModel, table=True):
    """One verified inbound request. The raw body is sealed; what the service uses of it is in other rows."""

    __table_args__ = (
        UniqueConstraint("source", "dedupe_key"),
        Index("waiting_inbox", "received_at", postgresql_where=text("state = 'waiting'")),
    )

    id: UUID = an_id()
    source: str
    dedupe_key: str
    kind: str
    state: str
    """`waiting`: stored, and the effect of a report is still to come, or a text's run has not read it; `done`: that is so;
    `orphan`: nobody it belongs to is known; `poison`: it could not be read or taken in."""
    token_hash: str | None = None
    """Of the attempt's token in the address of a callback; None for what carries none there."""
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often taking effect has failed, or a run was told again of what it has not read."""
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    sealed_with: str
    sealed_body: bytes
    received_at: Moment = recorded_now()


class Reply(SQLModel, table=True):
    """What a person wrote back, with the label that decides its effect; one row for each run that it answers."""

    __table_args__ = (UniqueConstraint("inbox_id", "run_id"),)

    id: UUID = an_id()
    inbox_id: UUID = Field(foreign_key="inbox.id")
    client_id: UUID = Field(foreign_key="client.id")
    lead_id: UUID | None = Field(default=None, foreign_key="lead.id", index=True)
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    channel: str
    body: str
    label: str
    ends_automation: bool = False
    at: Moment = recorded_now()
