"""The append-only log of the requests a stand-in received: one JSON line each, synced to the disk, hashes only.

It is the provider's own testimony: after a test, an audit compares it with what the client believes it did.
"""

import asyncio
import hashlib
import json
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Call:
    """What a request asks for, as far as faults and the log care.

    Attributes:
        operation: the stand-in's name for it, such as `create_message`.
        recipient: E.164 phone number or e-mail address; matches fault rules, logged as hash only.
        token: the sender's own mark of this attempt, if it carries one.
        body: the text whose hash is logged; for e-mail `subject`, an empty line, and the text part.
        aliases: further names by which a fault rule may address the recipient; not logged.
    """

    operation: str
    recipient: str | None = None
    token: str | None = None
    body: str | None = None
    aliases: tuple[str, ...] = ()


def sha256_of(text: str | None) -> str | None:
    """Hex SHA-256 of the UTF-8 text; None stays None."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


class RequestLog:
    """`<name>.requests.jsonl` in the state directory; `seq` goes on where an earlier process stopped."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._seq = _mended(path)
        self._file = path.open("ab", buffering=0)
        self._lock = threading.Lock()
        self._pending: list[bytes] = []
        self._flush: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many requests have been logged in all."""
        return self._seq

    async def append(
        self, call: Call, *, accepted: bool, provider_id: str | None, status: int | None, fault: str | None
    ) -> None:
        """Log one request; returns when the line is on the disk, so answer only afterwards.

        Args:
            call: the request.
            accepted: whether the provider has taken it on (stored it, will carry it out).
            provider_id: the id the provider gave it, if accepted.
            status: the HTTP status of the answer; None if there is none (reset).
            fault: the name of the fault that fired, if any.
        """
        self._seq += 1
        line = {
            "seq": self._seq,
            "at": datetime.now(UTC).isoformat(),
            "operation": call.operation,
            "token": call.token,
            "to_sha256": sha256_of(call.recipient),
            "body_sha256": sha256_of(call.body),
            "accepted": accepted,
            "provider_id": provider_id,
            "status": status,
            "fault": fault,
        }
        self._pending.append(json.dumps(line).encode() + b"\n")
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._flush_all())
        await asyncio.shield(self._flush)

    def lines(self, after: int = 0) -> list[dict[str, Any]]:
        """Every logged line with a `seq` above `after`, oldest first."""
        with self.path.open("rb") as stored:
            rows = [json.loads(row) for row in stored if row.endswith(b"\n")]
        return [row for row in rows if row["seq"] > after]

    def close(self) -> None:
        """Write what is pending and close the file."""
        self._write(self._pending)
        self._pending = []
        self._file.close()

    async def _flush_all(self) -> None:
        # One sync serves every request that arrived during the previous one.
        while self._pending:
            batch, self._pending = self._pending, []
            await asyncio.to_thread(self._write, batch)

    def _write(self, batch: list[bytes]) -> None:
        if not batch:
            return
        with self._lock:
            self._file.write(b"".join(batch))
            os.fsync(self._file.fileno())


def _mended(path: Path) -> int:
    """Cut off a line torn by a crash (its request was never answered) and return the last `seq`."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    if not whole:
        return 0
    last: int = json.loads(whole.splitlines()[-1])["seq"]
    return last
