"""Bring a database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from models.database.engine import transaction
from models.database.permission import sending_rules

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(url: str) -> Config:
    """Return the Alembic configuration for a database; there is no ini file to keep in step."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Run every migration that the database lacks, and enter the sending rules that ship and are new.

    Safe to repeat; two callers at once wait for each other.

    Raises:
        KeyReusedWithDifferentContent: a rule that ships is stored with other content.
    """
    command.upgrade(alembic_config(url), "head")
    with transaction(create_engine(url, poolclass=NullPool)) as session:
        sending_rules.enter_shipped(session)
