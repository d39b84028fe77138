"""What kind of line a phone number was found to be."""

from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, recorded_now


class PhoneLine(SQLModel, table=True):
    """One look-up of one number of a client's person, kept so that it is paid for once."""

    __tablename__ = "phone_line"
    __table_args__ = (Index("phone_line_looked_up", "looked_up_at"),)

    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    address_hash: str = Field(primary_key=True)
    line_type: str
    """A `LineType`; `unknown` also while the question is under way, and if it was not answered."""
    looked_up_at: Moment = recorded_now()
