"""What the stand-in remembers, in one SQLite file: mails, events, the suppression list, whether it may send."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deploy.local.standins.kit.database import DatabaseStore
from deploy.local.standins.kit.request_log import sha256_of
from deploy.local.standins.ses.submission import Mail

SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT UNIQUE NOT NULL, at REAL NOT NULL, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS recipient (to_sha256 TEXT NOT NULL, seq INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS recipient_by_hash ON recipient (to_sha256);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, event_type TEXT NOT NULL, forged INTEGER NOT NULL,
    due REAL NOT NULL, published_at REAL, publications INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_by_message ON event (message_id);
CREATE TABLE IF NOT EXISTS suppression (
    address TEXT PRIMARY KEY, reason TEXT NOT NULL, updated_at REAL NOT NULL, message_id TEXT);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class StoredMail:
    """A mail with what acceptance gave it. `at` is seconds since the epoch."""

    seq: int
    message_id: str
    at: float
    mail: Mail

    @property
    def accepted_at(self) -> datetime:
        """The moment of acceptance, in UTC."""
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True)
class Suppression:
    """One line of the suppression list. `updated_at` is seconds since the epoch."""

    address: str
    reason: str
    updated_at: float
    message_id: str | None


class Store(DatabaseStore):
    """Reads and writes, each durable at once unless inside `transaction`."""

    def add_mail(self, message_id: str, at: float, mail: Mail) -> StoredMail:
        """Keep a mail; `message_id` must be new."""
        seq = self._database.execute(
            "INSERT INTO mail (message_id, at, content) VALUES (?, ?, ?)", (message_id, at, mail.model_dump_json())
        ).lastrowid
        hashes = {(sha256_of(recipient), seq) for recipient in mail.recipients}
        self._database.executemany("INSERT INTO recipient VALUES (?, ?)", hashes)
        return StoredMail(seq or 0, message_id, at, mail)

    def mail(self, message_id: str) -> StoredMail | None:
        """The mail of that id, if there is one."""
        found = self._mails("WHERE message_id = ?", (message_id,))
        return found[0] if found else None

    def mails(self, after: int, to_sha256: str | None, limit: int) -> list[StoredMail]:
        """Mails with a `seq` above `after`, oldest first, at most `limit`; to one hashed recipient or to all."""
        if to_sha256 is None:
            return self._mails("WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
        where = "WHERE seq > ? AND seq IN (SELECT seq FROM recipient WHERE to_sha256 = ?) ORDER BY seq LIMIT ?"
        return self._mails(where, (after, to_sha256, limit))

    def mails_since(self, moment: float) -> int:
        """How many mails were accepted after a moment, in seconds since the epoch."""
        row = self._database.execute("SELECT count(*) FROM mail WHERE at > ?", (moment,)).fetchone()
        return int(row[0])

    def add_event(self, message_id: str, event_type: str, due: float, record: str, *, forged: bool = False) -> int:
        """Keep an event that is to be published; returns its id."""
        cursor = self._database.execute(
            "INSERT INTO event (message_id, event_type, forged, due, record) VALUES (?, ?, ?, ?, ?)",
            (message_id, event_type, forged, due, record),
        )
        return cursor.lastrowid or 0

    def record(self, event_id: int) -> str:
        """The JSON of an event."""
        row = self._database.execute("SELECT record FROM event WHERE id = ?", (event_id,)).fetchone()
        return str(row[0])

    def mark_published(self, event_id: int) -> None:
        """Note that an event has been handed to SNS just now."""
        change = "UPDATE event SET published_at = ?, publications = publications + 1 WHERE id = ?"
        self._database.execute(change, (time.time(), event_id))

    def events(self, after: int = 0, message_id: str | None = None) -> list[dict[str, Any]]:
        """Every event with an id above `after`, of one message or of all; without its JSON."""
        columns = ("id", "message_id", "event_type", "forged", "due", "published_at", "publications")
        rows = self._database.execute(
            f"SELECT {', '.join(columns)} FROM event WHERE id > ? AND message_id = ifnull(?, message_id) ORDER BY id",
            (after, message_id),
        )
        return [dict(zip(columns, row, strict=True)) | {"forged": bool(row[3])} for row in rows]

    def suppress(self, address: str, reason: str, message_id: str | None = None) -> None:
        """Put a bare address on the suppression list, or change its reason."""
        row = (address, reason, time.time(), message_id)
        self._database.execute("INSERT OR REPLACE INTO suppression VALUES (?, ?, ?, ?)", row)

    def unsuppress(self, address: str) -> bool:
        """Take an address off the list; False if it was not on it."""
        return self._database.execute("DELETE FROM suppression WHERE address = ?", (address,)).rowcount > 0

    def suppressions(self) -> list[Suppression]:
        """The whole list, by address."""
        rows = self._database.execute("SELECT address, reason, updated_at, message_id FROM suppression ORDER BY 1")
        return [Suppression(*row) for row in rows]

    def suppressed(self, addresses: list[str]) -> set[str]:
        """Those of the addresses that are on the list."""
        query = "SELECT 1 FROM suppression WHERE address = ?"
        return {each for each in addresses if self._database.execute(query, (each,)).fetchone()}

    @property
    def sending_enabled(self) -> bool:
        """Whether the account may send; true until someone pauses it."""
        row = self._database.execute("SELECT value FROM setting WHERE name = 'sending_enabled'").fetchone()
        return row is None or row[0] == "true"

    @sending_enabled.setter
    def sending_enabled(self, enabled: bool) -> None:
        value = "true" if enabled else "false"
        self._database.execute("INSERT OR REPLACE INTO setting VALUES ('sending_enabled', ?)", (value,))

    def _mails(self, where: str, values: tuple[object, ...]) -> list[StoredMail]:
        rows = self._database.execute(f"SELECT seq, message_id, at, content FROM mail {where}", values)
        return [StoredMail(seq, known, at, Mail.model_validate_json(content)) for seq, known, at, content in rows]
