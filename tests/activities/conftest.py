"""The same world as the tests of the rows have."""

from tests.database.conftest import database_url, emptied_database, engine, lasting_engine, world

__all__ = ["database_url", "emptied_database", "engine", "lasting_engine", "world"]
