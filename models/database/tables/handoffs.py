"""Responsibility that went to the CRM, with what is needed to take it back."""

from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now


class Handoff(SQLModel, table=True):
    """One lead given to the CRM by one run. `snapshot` holds what was there before and what we wrote."""

    id: UUID = an_id()
    run_id: UUID = Field(foreign_key="run.id", unique=True)
    client_id: UUID = Field(foreign_key="client.id")
    lead_id: UUID = Field(foreign_key="lead.id")
    state: str
    """`prepared`, `accepted`, `voided` or `given_to_person`."""
    contact_id: str | None = None
    deal_id: str | None = Field(default=None, index=True)
    snapshot: dict[str, Any] = a_json()
    prepared_at: Moment = recorded_now()
    accepted_at: Moment = a_moment()
    voided_at: Moment = a_moment()
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Calls in a row that the CRM did not answer, or asked to repeat later."""
    next_try_at: Moment = a_moment(index=True)
    """When the worker calls again beside the run; set while `prepared`, after a call that failed."""
    last_error: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Why the newest call failed: a status or the name of an error."""
