"""The world of the ledger's own tests."""

from tests.database.conftest import database_url, emptied_database, engine, lasting_engine, world

__all__ = ["database_url", "emptied_database", "engine", "lasting_engine", "world"]
