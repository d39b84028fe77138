"""Alembic's entry point. The URL comes from `models.database.migrate`, never from a file."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from models.database.tables.all import metadata

with create_engine(context.config.attributes["url"], poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('comms_migration', 0))"))
        context.run_migrations()
