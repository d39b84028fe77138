"""The reviews that were left, and which locations the account may manage."""

import sqlite3
import uuid
from datetime import UTC, datetime
from typing import Any

from deploy.local.standins.kit.database import DatabaseStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS location (name TEXT PRIMARY KEY, managed INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS review (
    id TEXT PRIMARY KEY, location TEXT NOT NULL, reviewer TEXT NOT NULL, anonymous INTEGER NOT NULL, stars TEXT NOT NULL,
    comment TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS review_of_location ON review (location, updated_at DESC, id);
"""
STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


class Store(DatabaseStore):
    """What the account can see."""

    def __init__(self, database: sqlite3.Connection) -> None:
        super().__init__(database)
        database.row_factory = sqlite3.Row

    def manage(self, location: str, managed: bool) -> None:
        """Give the account access to a location, or take it away."""
        self._database.execute(
            "INSERT INTO location VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET managed = excluded.managed",
            (location, int(managed)),
        )

    def is_managed(self, location: str) -> bool | None:
        """Return whether the account may read a location, or None if there is no such location."""
        row = self._database.execute("SELECT managed FROM location WHERE name = ?", (location,)).fetchone()
        return None if row is None else bool(row["managed"])

    def leave(self, location: str, given: dict[str, Any]) -> str:
        """Leave a review, or change the one with the given id; return its id."""
        review_id = str(given.get("id") or uuid.uuid4().hex)
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        created = str(given.get("created_at") or now)
        self._database.execute(
            "INSERT INTO review VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "stars = excluded.stars, comment = excluded.comment, updated_at = excluded.updated_at",
            (
                review_id,
                location,
                str(given.get("reviewer", "")),
                int(bool(given.get("anonymous"))),
                STARS[int(given.get("stars", 5)) - 1],
                str(given.get("comment", "")),
                created,
                str(given.get("updated_at") or (now if given.get("id") else created)),
            ),
        )
        self._database.execute("INSERT OR IGNORE INTO location (name) VALUES (?)", (location,))
        return review_id

    def page(self, location: str, size: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Return a page of reviews as the API words them, the last changed first, and how many there are."""
        query = "SELECT * FROM review WHERE location = ? ORDER BY updated_at DESC, id LIMIT ? OFFSET ?"
        rows = self._database.execute(query, (location, size, offset)).fetchall()
        (total,) = self._database.execute("SELECT count(*) FROM review WHERE location = ?", (location,)).fetchone()
        return [_worded(location, row) for row in rows], total

    def average(self, location: str) -> float:
        """Return the average rating of a location, 0 if nobody has left one."""
        rows = self._database.execute("SELECT stars FROM review WHERE location = ?", (location,)).fetchall()
        return sum(STARS.index(row["stars"]) + 1 for row in rows) / len(rows) if rows else 0.0


def _worded(location: str, row: sqlite3.Row) -> dict[str, Any]:
    reviewer = {"isAnonymous": True} if row["anonymous"] else {"displayName": row["reviewer"]}
    worded = {
        "name": f"{location}/reviews/{row['id']}",
        "reviewId": row["id"],
        "reviewer": reviewer,
        "starRating": row["stars"],
        "createTime": row["created_at"],
        "updateTime": row["updated_at"],
    }
    return worded | ({"comment": row["comment"]} if row["comment"] else {})
