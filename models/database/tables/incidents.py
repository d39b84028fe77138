"""Incidents: what is wrong for which clients, what was written about it, and who was told which wording."""

from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, an_id, recorded_now, some_text


class Incident(SQLModel, table=True):
    """One incident of one client or several. What a client reads of it is made of closed lists, moments and counts."""

    __table_args__ = (UniqueConstraint("opened_by", "idempotency_key"),)

    id: UUID = an_id()
    opened_by: str
    idempotency_key: str
    body_hash: str
    """Of the request that opened it: the same key with another body is refused."""
    title: str
    """For colleagues only."""
    severity: str
    """An `IncidentSeverity`."""
    state: str = Field(index=True)
    """An `IncidentState`."""
    reason: str
    """A `ReasonForClients`: the words a client reads instead of the cause."""
    affected: str
    """An `Affected`."""
    calls_affected: bool = False
    """Whether the client's incoming calls and forms are affected as well."""
    advice: str
    """An `Advice`."""
    touches: list[str] = some_text()
    """The scopes it pauses, in locking order."""
    held_work: str
    """A `HeldWork`: what becomes of the work its pauses hold."""
    owner: str
    """The incident owner."""
    escalation_owner: str
    began_at: Moment = a_moment()
    """Since when clients are affected."""
    opened_at: Moment = a_moment()
    """None as long as it is a draft."""
    first_notice_due: Moment = a_moment()
    next_update_due: Moment = a_moment()
    """When the newest update has promised the next one; None once it is resolved."""
    resolved_at: Moment = a_moment()
    summary_due: Moment = a_moment()
    nothing_lost_proof: str = ""
    """Where the evidence lies that no data were lost; only then may a text say so."""
    from_pause: UUID | None = Field(default=None, foreign_key="pause.id")
    """The automatic pause from which it was opened."""
    evidence: dict[str, Any] = a_json()
    created_at: Moment = recorded_now()


class IncidentClient(SQLModel, table=True):
    """A client whom an incident concerns, and the run that tells them."""

    __tablename__ = "incident_client"

    incident_id: UUID = Field(primary_key=True, foreign_key="incident.id")
    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    run_id: UUID | None = Field(default=None, foreign_key="run.id", index=True)
    """None as long as it is a draft; the newest, if it was opened again after its run had ended."""
    reminded_of: Moment = a_moment()
    """Of which promised time the owner was reminded."""
    escalated_of: Moment = a_moment()
    """Of which promised time the escalation owner was told that it has passed."""


class IncidentPause(SQLModel, table=True):
    """A pause that an incident has put on, and the preview under which its resume was last asked for."""

    __tablename__ = "incident_pause"

    incident_id: UUID = Field(primary_key=True, foreign_key="incident.id")
    pause_id: UUID = Field(primary_key=True, foreign_key="pause.id", index=True)
    preview_id: UUID | None = Field(default=None, foreign_key="pause_preview.id")


class IncidentNote(SQLModel, table=True):
    """What colleagues write down for each other. Only ever added to; no client reads it."""

    __tablename__ = "incident_note"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: UUID = Field(foreign_key="incident.id", index=True)
    author: str
    text: str
    at: Moment = recorded_now()


class IncidentUpdate(SQLModel, table=True):
    """One thing that clients are told, as its author wrote it: the same for every client, but for counts and zones."""

    __tablename__ = "incident_update"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    id: UUID = an_id()
    incident_id: UUID = Field(foreign_key="incident.id")
    number: int
    kind: str
    """An `UpdateKind`."""
    state: str
    """In which `IncidentState` the incident was then."""
    internal: str = ""
    """For colleagues only."""
    words: str = ""
    """Free words for clients, shown in the portal once approved; empty: closed lists, moments and counts alone."""
    author: str
    next_update_at: Moment = a_moment()
    """What it promises; None if nothing further is promised."""
    at: Moment = recorded_now()


class IncidentNotice(SQLModel, table=True):
    """One update as one client was told of it."""

    __tablename__ = "incident_notice"

    update_id: UUID = Field(primary_key=True, foreign_key="incident_update.id")
    client_id: UUID = Field(primary_key=True, foreign_key="client.id")
    run_id: UUID = Field(foreign_key="run.id", index=True)
    post_id: UUID | None = None
    """Of the portal."""
    title: str
    body: str
    content_hash: str
    counts: dict[str, int] = a_json()
    """What the rows said when it was composed."""
    composed_at: Moment = recorded_now()
    published_at: Moment = a_moment()
    messages_at: Moment = a_moment()
    """When its messages were entered into the ledger."""
    messages: int = 0
    not_published: str = ""
    """Why it will not be: `rejected`, `expired`, `blocked` or `replaced` by a newer one."""
