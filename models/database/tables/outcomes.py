"""What became of leads, as people and CRMs say it, and what CRMs say of their deals."""

from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, recorded_now


class Outcome(SQLModel, table=True):
    """One statement about one lead. Only ever added; of several the one with the latest `at` counts."""

    __table_args__ = (UniqueConstraint("source", "source_event_id"), Index("outcome_of_lead", "lead_id", "at"))

    id: int | None = Field(default=None, primary_key=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)
    lead_id: UUID = Field(foreign_key="lead.id")
    outcome: str
    """`booked`, `lost` or `open`."""
    lost_reason: str | None = None
    evidence_kind: str
    evidence_id: str
    basis: str | None = None
    """Of the value: `quoted`, `invoiced` or `paid`."""
    currency: str | None = None
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    source: str
    """Who says so: `api` for a person, else `crm_hubspot`, `crm_salesforce`, `crm_web_hook`."""
    said_by: str
    source_event_id: str
    inbox_id: UUID | None = Field(default=None, foreign_key="inbox.id")
    at: Moment = a_moment()
    """When it became so, by whoever says it."""
    recorded_at: Moment = recorded_now()


class DealProperty(SQLModel, table=True):
    """The newest value of one property of a deal in the CRM, whatever the order in which they came."""

    __tablename__ = "deal_property"

    source: str = Field(primary_key=True)
    deal_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str
    at: Moment = a_moment()
