"""The SQLite file in which a stand-in keeps what it knows. What was written survives a kill of the process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_database(path: Path, schema: str, *, synchronous: str = "OFF", any_thread: bool = False) -> sqlite3.Connection:
    """Open (or create) the file, in autocommit mode.

    Args:
        path: the file; its directory is made.
        schema: statements that make what is missing.
        synchronous: SQLite's setting. A write-ahead log needs no sync to survive a killed process.
        any_thread: whether other threads than this one may use the connection.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=not any_thread)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.executescript(schema)
    return database


class DatabaseStore:
    """What the store of every stand-in can do. A write is durable at once unless inside `transaction`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing for what is written inside; do not await inside."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
