"""What the stand-in knows, in one SQLite file: messages and opt-out blocks. Survives a kill of the process."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from deploy.local.standins.kit.database import DatabaseStore
from deploy.local.standins.twilio.message import Message, Step

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sid TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, recipient TEXT NOT NULL,
    direction TEXT NOT NULL, sent_at REAL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS message_by_recipient ON message (recipient, number);
CREATE TABLE IF NOT EXISTS block (recipient TEXT NOT NULL, scope TEXT NOT NULL, PRIMARY KEY (recipient, scope));
"""


class Store(DatabaseStore):
    """Messages, newest first when listed, and blocks between a recipient and a sender or messaging service."""

    def save(self, message: Message) -> None:
        """Insert a message, or put it in the place of the one with its SID."""
        row = (message.sender, message.recipient, message.direction, message.sent_at, json.dumps(asdict(message)))
        self._database.execute(
            "INSERT INTO message (sid, sender, recipient, direction, sent_at, document) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (sid) DO UPDATE SET sent_at = excluded.sent_at, document = excluded.document",
            (message.sid, *row),
        )

    def find(self, sid: str) -> Message | None:
        """The message of this SID, or None."""
        row = self._database.execute("SELECT document FROM message WHERE sid = ?", (sid,)).fetchone()
        return None if row is None else _message(row[0])

    def delete(self, message: Message) -> None:
        """Forget a message."""
        self._database.execute("DELETE FROM message WHERE sid = ?", (message.sid,))

    def has_sent_to(self, recipient: str) -> bool:
        """Whether the API has created a message to this number before."""
        query = "SELECT 1 FROM message WHERE recipient = ? AND direction = 'outbound-api' LIMIT 1"
        return self._database.execute(query, (recipient,)).fetchone() is not None

    def listed(
        self,
        *,
        recipient: str | None,
        sender: str | None,
        sent_from: float | None,
        sent_before: float | None,
        moment: float,
        older_than: str | None,
        limit: int,
    ) -> list[Message]:
        """One page, newest first. With a bound on the time of sending, messages not sent by `moment` are left out.

        Args:
            recipient: only to this number.
            sender: only from this number.
            sent_from: sent at this moment or later, in seconds since the epoch.
            sent_before: sent before this moment.
            moment: now.
            older_than: only messages made before the one with this SID.
            limit: the most to return.
        """
        wanted: dict[str, Any] = {
            "recipient = ?": recipient,
            "sender = ?": sender,
            "sent_at >= ?": sent_from,
            "sent_at < ?": sent_before,
            "sent_at <= ?": None if sent_from is None and sent_before is None else moment,
            "number < (SELECT number FROM message WHERE sid = ?)": older_than,
        }
        given = {condition: value for condition, value in wanted.items() if value is not None}
        where = " AND ".join(given) or "TRUE"
        rows = self._database.execute(
            f"SELECT document FROM message WHERE {where} ORDER BY number DESC LIMIT ?", (*given.values(), limit)
        )
        return [_message(row[0]) for row in rows]

    def created_through_the_api(self) -> Iterator[Message]:
        """Every message that a client has created, oldest first."""
        for row in self._database.execute(
            "SELECT document FROM message WHERE direction = 'outbound-api' ORDER BY number"
        ):
            yield _message(row[0])

    def block(self, recipient: str, scope: str) -> bool:
        """Block sending to a number; False if it was blocked already."""
        query = "INSERT INTO block (recipient, scope) VALUES (?, ?) ON CONFLICT DO NOTHING"
        return self._database.execute(query, (recipient, scope)).rowcount == 1

    def unblock(self, recipient: str, scope: str) -> bool:
        """Lift a block; False if there was none."""
        query = "DELETE FROM block WHERE recipient = ? AND scope = ?"
        return self._database.execute(query, (recipient, scope)).rowcount == 1

    def is_blocked(self, recipient: str, scope: str) -> bool:
        """Whether sending to this number from this sender or service is blocked."""
        query = "SELECT 1 FROM block WHERE recipient = ? AND scope = ?"
        return self._database.execute(query, (recipient, scope)).fetchone() is not None


def _message(document: str) -> Message:
    fields = json.loads(document)
    return replace(Message(**fields), timeline=tuple(Step(**step) for step in fields["timeline"]))
