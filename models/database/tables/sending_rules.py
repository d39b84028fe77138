"""When messages may leave, how often, and who goes first."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, recorded_now


class SendingRule(SQLModel, table=True):
    """One rule; a trigger refuses to change or delete it. See `models.sending_rules.SendingRule`, which reads it."""

    __tablename__ = "sending_rule"
    __table_args__ = (
        CheckConstraint("(jurisdiction = 'client') = (client_id IS NOT NULL)", name="client_rule_has_its_client"),
        CheckConstraint("overrides IS NULL OR client_id IS NOT NULL AND reason <> ''", name="override_has_its_reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    kind: str
    jurisdiction: str
    place: str = ""
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    channel: str | None = None
    reach: str
    value: dict[str, Any] = a_json()
    valid_from: date
    valid_until: date | None = None
    source: str
    verified_on: date | None = None
    note: str = ""
    supersedes: int | None = Field(default=None, foreign_key="sending_rule.id", unique=True)
    """Unique: a rule is superseded once, and the next change supersedes its successor."""
    overrides: int | None = Field(default=None, foreign_key="sending_rule.id")
    reason: str = ""
    entered_by: str
    entered_at: Moment = recorded_now()
