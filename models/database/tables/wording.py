"""What the checks of wording have found, and by what each business is recognised in a text."""

from uuid import UUID, uuid4

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_json, an_id, recorded_now


class ClientMark(SQLModel, table=True):
    """One thing by which a business is recognised in a text beside its name and phone: its own may appear, others' not."""

    __tablename__ = "client_mark"
    __table_args__ = (UniqueConstraint("client_id", "kind", "value"),)

    id: UUID = an_id()
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    """None for the agency itself."""
    kind: str
    """`name`, `phone`, `email`, `domain` or `url`."""
    value: str
    entered_by: str
    entered_at: Moment = recorded_now()


class WordingSurroundings(SQLModel, table=True):
    """One row. Triggers give it a new stamp whenever a client, a contact or a mark changes, so that texts are checked anew."""

    __tablename__ = "wording_surroundings"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    stamp: UUID = Field(default_factory=uuid4, sa_column_kwargs={"server_default": text("gen_random_uuid()")})
    digest_key: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs={
            "server_default": text("sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)"),
        },
    )
    """Keys the digests of findings. It never leaves the database with them."""


class WordingCheck(SQLModel, table=True):
    """One text looked at once: at one stage, under one version of rules and surroundings. It does not hold the text."""

    __tablename__ = "wording_check"
    __table_args__ = (Index("check_of_wording", "content_hash", "client_id", "rule_version"),)

    id: int | None = Field(default=None, primary_key=True)
    identity: str = Field(unique=True)
    """Covers client, content, audience, stage and rule version, so that the same check is stored once."""
    client_id: UUID | None = Field(default=None, foreign_key="client.id")
    """None for a template, which is no client's."""
    content_hash: str
    audience: dict[str, object] = a_json()
    stage: str
    rule_version: str
    verdict: str
    at: Moment = recorded_now()


class WordingFinding(SQLModel, table=True):
    """One place in a checked text: its class, where, and a keyed digest. Never what was found."""

    __tablename__ = "wording_finding"

    check_id: int = Field(primary_key=True, foreign_key="wording_check.id")
    number: int = Field(primary_key=True)
    kind: str
    severity: str
    part: str
    start: int
    end: int
    digest: str
    advice: str
