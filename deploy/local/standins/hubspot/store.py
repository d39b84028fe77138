"""What the stand-in knows, in one SQLite file: records, their unique values, own properties, associations."""

import json
from collections.abc import Iterator
from typing import Any

from deploy.local.standins.hubspot.object_types import ObjectType
from deploy.local.standins.hubspot.record import Record
from deploy.local.standins.kit.database import DatabaseStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, properties TEXT NOT NULL,
    created REAL NOT NULL, updated REAL NOT NULL, archived_at REAL);
CREATE TABLE IF NOT EXISTS unique_value (
    type TEXT NOT NULL, property TEXT NOT NULL, value TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (type, property, value));
CREATE INDEX IF NOT EXISTS unique_value_by_record ON unique_value (id);
CREATE TABLE IF NOT EXISTS property (
    type TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (type, name));
CREATE TABLE IF NOT EXISTS association (
    from_id INTEGER NOT NULL, to_id INTEGER NOT NULL, to_type TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (from_id, to_id, number));
INSERT INTO sqlite_sequence (name, seq) SELECT 'record', 100000
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'record');
"""
COLUMNS = "id, properties, created, updated, archived_at"


class Store(DatabaseStore):
    """Plain storage; what is allowed is decided elsewhere."""

    def insert(self, kind: ObjectType, properties: dict[str, str], moment: float) -> str:
        """A new record; returns its id."""
        cursor = self._database.execute(
            "INSERT INTO record (type, properties, created, updated) VALUES (?, ?, ?, ?)",
            (kind.name, json.dumps(properties), moment, moment),
        )
        return str(cursor.lastrowid)

    def update(self, record: Record) -> None:
        """Store the record's properties and moments."""
        self._database.execute(
            "UPDATE record SET properties = ?, updated = ?, archived_at = ? WHERE id = ?",
            (json.dumps(record.properties), record.updated, record.archived_at, int(record.id)),
        )

    def find(self, kind: ObjectType, record_id: str) -> Record | None:
        """The record of this id, archived or not; None if there is none of this kind."""
        if not record_id.isdecimal():
            return None
        query = f"SELECT {COLUMNS} FROM record WHERE id = ? AND type = ?"
        row = self._database.execute(query, (int(record_id), kind.name)).fetchone()
        return None if row is None else _record(kind, row)

    def live(self, kind: ObjectType, *, archived: bool = False) -> Iterator[Record]:
        """Every live (or every archived) record of a kind, oldest first."""
        condition = "IS NOT NULL" if archived else "IS NULL"
        query = f"SELECT {COLUMNS} FROM record WHERE type = ? AND archived_at {condition} ORDER BY id"
        for row in self._database.execute(query, (kind.name,)):
            yield _record(kind, row)

    def owner_of(self, kind: ObjectType, name: str, value: str) -> str | None:
        """The id of the live record that has this value of a unique property."""
        query = "SELECT id FROM unique_value WHERE type = ? AND property = ? AND value = ?"
        row = self._database.execute(query, (kind.name, name, value)).fetchone()
        return None if row is None else str(row[0])

    def claim(self, record_id: str, kind: ObjectType, values: dict[str, str]) -> None:
        """Make these the unique values of a record; an empty dict gives all of them up."""
        self._database.execute("DELETE FROM unique_value WHERE id = ?", (int(record_id),))
        self._database.executemany(
            "INSERT INTO unique_value (type, property, value, id) VALUES (?, ?, ?, ?)",
            [(kind.name, name, value, int(record_id)) for name, value in values.items()],
        )

    def save_property(self, kind: ObjectType, name: str, document: dict[str, Any]) -> None:
        """Insert or replace the definition of an own property."""
        query = "INSERT OR REPLACE INTO property (type, name, document) VALUES (?, ?, ?)"
        self._database.execute(query, (kind.name, name, json.dumps(document)))

    def delete_property(self, kind: ObjectType, name: str) -> None:
        """Forget the definition of an own property."""
        self._database.execute("DELETE FROM property WHERE type = ? AND name = ?", (kind.name, name))

    def properties(self, kind: ObjectType) -> dict[str, dict[str, Any]]:
        """The definitions of the own properties, by name."""
        rows = self._database.execute("SELECT name, document FROM property WHERE type = ? ORDER BY rowid", (kind.name,))
        return {name: json.loads(document) for name, document in rows}

    def associate(self, from_id: str, to_type: ObjectType, to_id: str, number: int) -> None:
        """Add one direction of an association; nothing happens if it is there."""
        query = "INSERT OR IGNORE INTO association (from_id, to_id, to_type, number) VALUES (?, ?, ?, ?)"
        self._database.execute(query, (int(from_id), int(to_id), to_type.name, number))

    def dissociate(self, one: str, other: str) -> None:
        """Remove every association between two records."""
        query = "DELETE FROM association WHERE (from_id = ? AND to_id = ?) OR (to_id = ? AND from_id = ?)"
        self._database.execute(query, (int(one), int(other), int(one), int(other)))

    def associated(self, from_id: str, to_type: ObjectType) -> list[tuple[str, int]]:
        """The live records of a kind that one is associated with, each with the number of the association."""
        rows = self._database.execute(
            "SELECT to_id, number FROM association JOIN record ON record.id = to_id"
            " WHERE from_id = ? AND to_type = ? AND archived_at IS NULL ORDER BY to_id",
            (int(from_id), to_type.name),
        )
        return [(str(to_id), number) for to_id, number in rows]


def _record(kind: ObjectType, row: tuple[int, str, float, float, float | None]) -> Record:
    record_id, properties, created, updated, archived_at = row
    return Record(str(record_id), kind, json.loads(properties), created, updated, archived_at)
