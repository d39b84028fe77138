"""What an account at a stand-in holds, as one JSON document each, and the OAuth tokens that open it."""

import json
import secrets
from typing import Any

from deploy.local.standins.kit.database import DatabaseStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (account TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refresh_token (token TEXT PRIMARY KEY, account TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS access_token (token TEXT PRIMARY KEY, account TEXT NOT NULL);
"""


class Documents(DatabaseStore):
    """Accounts by name. A refresh token that was revoked or replaced is not there any more."""

    def put(self, account: str, content: dict[str, Any]) -> None:
        """Insert or replace an account."""
        query = "INSERT OR REPLACE INTO document (account, content) VALUES (?, ?)"
        self._database.execute(query, (account, json.dumps(content)))

    def find(self, account: str) -> dict[str, Any] | None:
        """The account of this name, or None."""
        row = self._database.execute("SELECT content FROM document WHERE account = ?", (account,)).fetchone()
        return None if row is None else json.loads(row[0])

    def allow(self, account: str, refresh_token: str) -> None:
        """Let a refresh token open an account."""
        self._database.execute("INSERT OR REPLACE INTO refresh_token VALUES (?, ?)", (refresh_token, account))

    def revoke(self, account: str) -> None:
        """End every token of an account."""
        for table in ("refresh_token", "access_token"):
            self._database.execute(f"DELETE FROM {table} WHERE account = ?", (account,))

    def exchange(self, refresh_token: str, *, rotate: bool) -> tuple[str, str] | None:
        """A new access token and the refresh token to use next; None if this one opens nothing.

        Args:
            refresh_token: the one shown.
            rotate: replace it, so that the one shown is worthless from now on.
        """
        query = "SELECT account FROM refresh_token WHERE token = ?"
        row = self._database.execute(query, (refresh_token,)).fetchone()
        if row is None:
            return None
        access = secrets.token_urlsafe(24)
        self._database.execute("INSERT INTO access_token VALUES (?, ?)", (access, row[0]))
        if not rotate:
            return access, refresh_token
        new = secrets.token_urlsafe(24)
        self._database.execute("DELETE FROM refresh_token WHERE token = ?", (refresh_token,))
        self.allow(row[0], new)
        return access, new

    def opened_by(self, authorization: str) -> str | None:
        """The account that a Bearer header opens, or None."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        row = self._database.execute("SELECT account FROM access_token WHERE token = ?", (token,)).fetchone()
        return None if row is None else str(row[0])
