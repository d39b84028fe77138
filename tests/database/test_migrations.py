"""The tables as written and the tables as migrated are the same."""

from alembic import command
from alembic.script import ScriptDirectory

from models.database.migrate import alembic_config, upgrade


def test_the_migrations_lead_to_the_tables_of_the_code(database_url: str) -> None:
    command.check(alembic_config(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    command.check(alembic_config(database_url))


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory.from_config(alembic_config("postgresql+psycopg://")).get_heads()) == 1
