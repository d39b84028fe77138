"""What the directory of a stack holds: a row that survives, and the processes that are on record."""

import json
from pathlib import Path

import psycopg

from deploy.local import postgres

STATEFUL = {"postgres", "temporal"}


def recorded(state: Path) -> dict[str, object]:
    file = state / "pids.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def _database(state: Path) -> str:
    port = json.loads((state / "ports.json").read_text())["postgres"]
    password = json.loads((state / "secrets.json").read_text())["database_password"]
    return postgres.url(port, password)


def write_a_row(state: Path) -> None:
    with psycopg.connect(_database(state)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("DELETE FROM kept")
        connection.execute("INSERT INTO kept VALUES (1)")


def rows(state: Path) -> list[tuple[int]]:
    with psycopg.connect(_database(state)) as connection:
        return [(int(row[0]),) for row in connection.execute("SELECT id FROM kept")]
