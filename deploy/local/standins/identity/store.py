"""The people who are known, the codes that were given, and the key that signs."""

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from joserfc.jwk import RSAKey

from deploy.local.standins.kit.database import DatabaseStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS person (
    subject TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, verified INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS code (code TEXT PRIMARY KEY, subject TEXT NOT NULL, asked TEXT NOT NULL, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS signing_key (content TEXT NOT NULL);
"""
CODE_SECONDS = 60


class Person(NamedTuple):
    """Somebody with an account. `verified` says whether the e-mail address is known to be theirs."""

    subject: str
    name: str
    email: str
    verified: bool = True


class Store(DatabaseStore):
    """What the provider knows."""

    def __init__(self, database: sqlite3.Connection) -> None:
        super().__init__(database)
        kept = database.execute("SELECT content FROM signing_key").fetchone()
        self.key = RSAKey.import_key(json.loads(kept[0])) if kept else new_key()
        if kept is None:
            content = json.dumps(self.key.as_dict(private=True))
            database.execute("INSERT INTO signing_key (content) VALUES (?)", (content,))

    def enter(self, person: Person) -> None:
        """Enter somebody, or change who has this subject."""
        self._database.execute("INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?)", person)

    def take_out(self, subject: str) -> None:
        """Forget somebody."""
        self._database.execute("DELETE FROM person WHERE subject = ?", (subject,))

    def people(self) -> dict[str, Person]:
        """Everybody by subject, in the order of their names."""
        rows = self._database.execute("SELECT subject, name, email, verified FROM person ORDER BY name, subject")
        return {row[0]: Person(row[0], row[1], row[2], bool(row[3])) for row in rows}

    def issue(self, subject: str, asked: Mapping[str, str]) -> str:
        """Return a code for somebody who has signed in. `asked` is the request that it answers."""
        code = secrets.token_urlsafe(24)
        kept = (code, subject, json.dumps(dict(asked)), time.time() + CODE_SECONDS)
        self._database.execute("INSERT INTO code VALUES (?, ?, ?, ?)", kept)
        return code

    def redeem(self, code: str) -> tuple[str, dict[str, Any]] | None:
        """Return the subject of a code and what it answers, once; None if it is unknown, used or too old."""
        query = "DELETE FROM code WHERE code = ? RETURNING subject, asked, until"
        rows = self._database.execute(query, (code,)).fetchall()
        if not rows or rows[0][2] < time.time():
            return None
        return str(rows[0][0]), json.loads(rows[0][1])


def new_key() -> RSAKey:
    """Return a key to sign with. Every one has the same id, so that another is noticed by its signature only."""
    return RSAKey.generate_key(2048, {"kid": "first", "alg": "RS256"})
