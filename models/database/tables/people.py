"""Who is involved: clients, their leads, and the staff who may ask and decide."""

from uuid import UUID

from sqlalchemy import ARRAY, UniqueConstraint, Uuid
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now, some_text


class Client(SQLModel, table=True):
    """A local service business. Consent, opt-out and every row belong to one client."""

    id: UUID = an_id()
    key: str = Field(unique=True)
    name: str
    time_zone: str = "America/New_York"
    postal_address: str = ""
    """Shown in every email (CAN-SPAM, 15 U.S.C. 7704(a)(5))."""
    phone: str = ""
    created_at: Moment = recorded_now()


class Staff(SQLModel, table=True):
    """A member of staff. Only the hashes of the API key and of the password are stored."""

    handle: str = Field(primary_key=True)
    email: str = ""
    phone: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """E.164, or empty. Like `email` entered by whoever enters staff, never by themselves; tests go nowhere else."""
    roles: list[str] = some_text()
    api_key_hash: str | None = Field(default=None, unique=True)
    password_hash: str | None = None
    """Of their local account; None: they have none."""
    subject: str | None = Field(default=None, unique=True)
    """Whom the identity provider knows them as (the claim `sub`)."""
    wants_email: bool = False
    active: bool = True
    clients: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    """For which clients they may decide; None: for all, and for what concerns all of them."""
    principal: str | None = Field(default=None, unique=True)
    """Whom the Temporal server knows them as, `type:name`, where it verifies who sends a signal."""
    created_at: Moment = recorded_now()


class StaffSession(SQLModel, table=True):
    """A browser in which a member of staff is signed in. Only the hash of its cookie is stored."""

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True)
    staff: str = Field(foreign_key="staff.handle", index=True)
    opened_with: str
    """Hash of what it was opened with: a session ends when that is changed."""
    began_at: Moment = recorded_now()
    expires_at: Moment = a_moment()
    ended_at: Moment = a_moment()


class Lead(SQLModel, table=True):
    """A normalised lead of one client. The same source lead is stored once."""

    __table_args__ = (UniqueConstraint("client_id", "source", "source_lead_id"),)

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    source: str
    source_lead_id: str
    first_name: str = ""
    last_name: str = ""
    phone: str = Field(default="", index=True)
    """E.164, or empty."""
    email: str = Field(default="", index=True)
    """Lower case, or empty."""
    postal_code: str = ""
    region: str | None = None
    """US state of the postal code, if known."""
    time_zones: list[str] = some_text()
    """Every zone the person may be in; empty if unknown."""
    service_type: str = ""
    urgency: str = ""
    attribution: dict[str, str] = a_json()
    disposition: str = "new"
    occurred_at: Moment = a_moment()
    received_at: Moment = recorded_now()


class ClientContact(SQLModel, table=True):
    """A person at a client, to whom reports, notices and portal links go. Permission and opt-out are consent events."""

    __tablename__ = "client_contact"
    __table_args__ = (UniqueConstraint("client_id", "email"),)

    id: UUID = an_id()
    client_id: UUID = Field(foreign_key="client.id")
    name: str
    email: str
    """Lower case."""
    phone: str = ""
    """E.164, or empty."""
    receives: list[str] = some_text()
    """What is sent to them: `reports`, `incidents`."""
    chosen_at: Moment = a_moment()
    """When they last chose that themselves; from then on nobody else does."""
    active: bool = True
    created_at: Moment = recorded_now()
