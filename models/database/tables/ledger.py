"""The send ledger: what was meant to leave, each call to a provider, and all that is known about what came of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, a_moment, recorded_now, some_text
from models.terms import MessageState

STATES = ", ".join(f"'{state}'" for state in MessageState)


class Message(SQLModel, table=True):
    """One intended message, under its business send key. The wording is rendered once and stored."""

    __table_args__ = (
        UniqueConstraint("client_id", "send_key"),
        UniqueConstraint("run_id", "step", "occurrence"),
        UniqueConstraint("provider", "provider_message_id"),
        CheckConstraint(f"state IN ({STATES})", name="message_state"),
        CheckConstraint(
            "state NOT IN ('dispatching', 'unknown') OR next_check_at IS NOT NULL", name="message_has_a_next_action"
        ),
        CheckConstraint("lifetime IS NOT NULL OR expires_at IS NOT NULL", name="message_has_an_end"),
        Index("message_to_check", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
        Index("message_by_address", "client_id", "channel", "address_hash"),
        Index("message_waiting", "client_id", postgresql_where=text("state = 'ready'")),
        Index(
            "message_in_flight", "client_id", postgresql_where=text("state IN ('dispatching', 'unknown', 'escalated')")
        ),
    )

    id: UUID = Field(primary_key=True)
    client_id: UUID = Field(foreign_key="client.id")
    run_id: UUID = Field(foreign_key="run.id", index=True)
    send_key: str
    step: str
    occurrence: int = 1
    position: int = 0
    audience: str = "contact"
    """`contact` is gated by consent, approval and quiet hours; `staff` is a notice to a colleague; `test` is a text that a
    colleague tries out, and goes to whoever asked for it."""
    channel: str
    provider: str
    address: str = Field(index=True)
    address_hash: str
    time_zones: list[str] = some_text()
    places: list[str] = Field(
        default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": "{}", "nullable": False}
    )
    """Where the recipient may be (ISO 3166-2): the rules of every one of them hold. Empty if nothing tells."""
    immediate: bool = False
    consent_needed: int = 0
    subject: str = ""
    body: str
    sealed_with: str | None = None
    """Key id if `body` is sealed (base64) because it holds a secret; None for plain text."""
    content_hash: str
    approved_hash: str | None = None
    """The hash a decision must cover: of the content (per run) or of the template (per template); None for staff."""
    state: str
    reason: str | None = None
    """Why it is held or will never leave: a `HoldReason` or a `NotSentReason`."""
    failure_class: str | None = None
    delivery: str | None = None
    fence: int = 0
    lease_until: Moment = a_moment()
    lifetime: timedelta | None = None
    """How long after it first became due it may still leave."""
    expires_at: Moment = a_moment()
    turn_at: Moment = a_moment()
    """Not before this moment: its turn among those that a pause has held, after the resume."""
    provider_message_id: str | None = None
    next_check_at: Moment = a_moment()
    checks_done: int = 0
    gate: list[dict[str, Any]] = a_json(list)
    """Every check of the newest claim, in order, with its inputs and verdict."""
    window_decision: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """What the sending rules said at the newest claim: zones, places, rule ids, and why."""
    planned_at: Moment = recorded_now()
    accepted_at: Moment = a_moment()
    escalated_at: Moment = a_moment()


class Attempt(SQLModel, table=True):
    """One call to a provider. The partial index makes a second one impossible while an earlier may have succeeded."""

    __table_args__ = (
        Index(
            "at_most_one_live_attempt",
            "message_id",
            unique=True,
            postgresql_where=text("outcome IS DISTINCT FROM 'not_accepted'"),
        ),
        Index("attempt_by_end", "ended_at"),
    )

    message_id: UUID = Field(primary_key=True, foreign_key="message.id")
    fence: int = Field(primary_key=True)
    token_hash: str = Field(unique=True)
    worker: str
    workflow_run_id: str | None = None
    activity_attempt: int | None = None
    started_at: Moment = recorded_now()
    outcome: str | None = None
    reason: str | None = None
    ended_at: Moment = a_moment()


class Evidence(SQLModel, table=True):
    """One thing that somebody said about an attempt. Only ever added to."""

    __table_args__ = (Index("reported_by_callback", "at", postgresql_where=text("source = 'callback'")),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: UUID = Field(foreign_key="message.id", index=True)
    fence: int
    source: str
    kind: str
    reason: str = ""
    provider_message_id: str | None = None
    at: Moment = recorded_now()


class ClaimLog(SQLModel, table=True):
    """One row per claim, never updated, so that its commit time can be compared with opt-outs and pauses."""

    __tablename__ = "claim_log"

    id: int | None = Field(default=None, primary_key=True)
    message_id: UUID = Field(foreign_key="message.id")
    fence: int
    client_id: UUID
    channel: str
    address_hash: str
    scopes: list[str] = some_text()
    at: Moment = recorded_now()


class Resend(SQLModel, table=True):
    """A person's wish to send again what is in doubt. It takes a second person and a fresh look at the provider's list."""

    message_id: UUID = Field(primary_key=True, foreign_key="message.id")
    fence: int = Field(primary_key=True)
    """The attempt whose outcome is unknown."""
    asked_by: str
    asked_at: Moment = recorded_now()
    reason: str = ""
    confirmed_by: str | None = None
    confirmed_at: Moment = a_moment()
    looked_at: Moment = a_moment()
    """When the provider's list was read after the second person's yes."""
    result: str | None = None
    """`sent_again`: nothing was found, the message is ready once more; else what was found instead."""
