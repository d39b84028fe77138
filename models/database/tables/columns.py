"""Column shorthands shared by the tables. All moments are `timestamptz`, written by the database clock."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, DateTime, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def an_id() -> Any:
    """A random primary key."""
    return Field(default_factory=uuid4, primary_key=True)


def a_moment(*, index: bool = False) -> Any:
    """An optional moment, aware."""
    return Field(default=None, sa_type=DateTime(timezone=True), index=index)


def recorded_now() -> Any:
    """The moment of the insert, on the database clock."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.clock_timestamp(), "nullable": False},
    )


def a_json(default: Any = dict) -> Any:
    """A JSONB column."""
    return Field(default_factory=default, sa_type=JSONB)


def some_text() -> Any:
    """A list of short texts."""
    return Field(default_factory=list, sa_type=ARRAY(Text))


Moment = datetime | None
__all__ = ["UUID", "Moment", "a_json", "a_moment", "an_id", "recorded_now", "some_text"]
