"""Where leads come from, and every lead event in its one form. The raw request is in `inbox`, sealed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now, some_text


class SourceAccount(SQLModel, table=True):
    """One account at one source: whose leads it brings and what they start. Nothing of this is taken from a payload."""

    __tablename__ = "source_account"
    __table_args__ = (UniqueConstraint("way", "account"),)

    id: UUID = an_id()
    way: str
    account: str
    """Our own short name of it."""
    client_id: UUID = Field(foreign_key="client.id", index=True)
    sequence: str | None = None
    sequence_version: int | None = None
    """The newest if NULL."""
    owner: str | None = None
    """The sequence's if NULL."""
    response_window: timedelta | None = None
    """How old an event may be for an automatic first answer; that of its way in if NULL."""
    options: dict[str, Any] = a_json()
    """A `models.leads.options.SourceOptions`."""
    enabled: bool = True
    address_version: int = 1
    """Part of the secret in its web hook's address; raised to make the old address worthless."""
    credential: bytes | None = None
    """A secret that signs, sealed; or the SHA-256 of one that is only shown."""
    sealed_with: str | None = None
    """Key id if `credential` is sealed; NULL if it is a hash."""
    previous_credential: bytes | None = None
    previous_sealed_with: str | None = None
    previous_until: Moment = a_moment()
    """Until when the credential of before is good too, so that it can be changed without losing a lead."""
    created_by: str
    created_at: Moment = recorded_now()


class LeadEventRow(SQLModel, table=True):
    """One lead event, normalised, with what became of it."""

    __tablename__ = "lead_event"
    __table_args__ = (
        UniqueConstraint("source_account_id", "source_event_id"),
        Index("lead_event_of_lead", "source_account_id", "dedupe_key"),
        Index("lead_event_by_phone", "client_id", "phone", postgresql_where=text("phone <> ''")),
        Index("lead_event_by_email", "client_id", "email", postgresql_where=text("email <> ''")),
        Index("lead_event_in_order", "received_at", "id"),
    )

    id: UUID = an_id()
    source_account_id: UUID = Field(foreign_key="source_account.id")
    client_id: UUID = Field(foreign_key="client.id")
    way: str
    source: str
    kind: str
    source_event_id: str
    source_lead_id: str
    dedupe_key: str
    """SHA-256 of way, account and source_lead_id: the same lead of the same account."""
    schema_version: int
    occurred_at: Moment = a_moment()
    received_at: Moment = recorded_now()
    is_test: bool = False
    phone: str = ""
    """E.164, or empty."""
    email: str = ""
    """Lower case, or empty."""
    contact: dict[str, Any] = a_json()
    job: dict[str, Any] = a_json()
    money: dict[str, Any] = a_json()
    consent: dict[str, Any] = a_json()
    attribution: dict[str, Any] = a_json()
    market: dict[str, Any] = a_json()
    thread: dict[str, Any] = a_json()
    message: str = ""
    chosen_sequence: str | None = None
    """What a member of staff wanted for this one; NULL if its account says what it starts."""
    owner: str
    state: str = Field(index=True)
    """A `models.leads.terms.LeadEventState`."""
    reasons: list[str] = some_text()
    age: timedelta | None = None
    """How long ago it happened when it came in."""
    duplicate_of: UUID | None = Field(default=None, foreign_key="lead_event.id")
    inbox_id: UUID | None = Field(default=None, foreign_key="inbox.id")
    lead_id: UUID | None = Field(default=None, foreign_key="lead.id", index=True)
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    settled_by: str | None = None
    settled_at: Moment = a_moment()
