"""What the suite reads: the ledger's rows, past every proxy, and the providers' own logs."""

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.stack import LocalStack
from tests.stack.scene import SENDING, STANDINS, database_of

AWAY_SECONDS = 60.0
SETTLED = frozenset({"accepted", "refused", "suppressed", "cancelled", "expired", "escalated"})
"""The states in which nothing happens any more by itself."""

_STANDINGS = """
    SELECT m.id::text, m.run_id::text, m.step, m.occurrence, m.channel, m.address, m.state, m.reason, m.delivery, m.fence,
        m.failure_class, m.provider_message_id,
        ARRAY(SELECT a.worker FROM attempt a WHERE a.message_id = m.id ORDER BY a.fence),
        ARRAY(SELECT coalesce(a.outcome, 'open') FROM attempt a WHERE a.message_id = m.id ORDER BY a.fence),
        ARRAY(SELECT e.source || ' ' || e.kind FROM evidence e WHERE e.message_id = m.id ORDER BY e.id),
        ARRAY(SELECT t.kind FROM owner_task t WHERE t.message_id = m.id AND t.closed_at IS NULL ORDER BY t.opened_at)
    FROM message m WHERE m.address = ANY(%s) AND m.audience = 'contact' ORDER BY m.address, m.position, m.occurrence
"""


@dataclass(frozen=True)
class Standing:
    """How one message to a contact stands."""

    id: str
    run_id: str
    step: str
    occurrence: int
    channel: str
    address: str
    state: str
    reason: str | None
    delivery: str | None
    fence: int
    failure_class: str | None
    provider_message_id: str | None
    workers: Sequence[str]
    """Who claimed it, `host:pid`, by attempt."""
    outcomes: Sequence[str]
    """What is known of each attempt: accepted, not_accepted, unknown, open."""
    evidence: Sequence[str]
    """All that was said of it, oldest first: `answer accepted`, `lease unknown`, `callback delivered`, `list accepted` …"""
    open_tasks: Sequence[str]

    @property
    def accepted_by(self) -> str | None:
        """Who was first to say that it was accepted: answer, callback, list, person. None if nobody has."""
        said = (line.split() for line in self.evidence)
        proofs = (source for source, kind in said if source != "check" and kind not in ("unknown", "not_accepted"))
        return next(proofs, None)


class Ledger:
    """Reads the rows of one stack, on a connection that is made anew whenever the server was away."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query returns. Waits for a server that is away for a while."""
        patience = time.monotonic() + AWAY_SECONDS
        while True:
            try:
                async with self._one_at_a_time:
                    return await self._ask(query, values)
            except psycopg.OperationalError:
                self._connection = None
                if time.monotonic() > patience:
                    raise
            await asyncio.sleep(0.2)

    async def standings(self, addresses: Sequence[str]) -> dict[str, list[Standing]]:
        """How the messages to these addresses stand, by address, in the order of their steps."""
        found: dict[str, list[Standing]] = {address: [] for address in addresses}
        for row in await self.rows(_STANDINGS, list(addresses)):
            standing = Standing(*row)
            found[standing.address].append(standing)
        return found

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()

    async def _ask(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                database_of(self._stack), autocommit=True, connect_timeout=3, application_name="faults"
            )
        cursor = await self._connection.execute(query.encode(), values or None)
        return await cursor.fetchall() if cursor.description else []


class ProviderLog:
    """The requests that one stand-in received, read as they come."""

    def __init__(self, state: Path, channel: str) -> None:
        name = STANDINS[channel]
        self._file = state / name / f"{name}.requests.jsonl"
        self._operation = SENDING[channel]
        self._read = 0
        self._sends: list[dict[str, Any]] = []

    def sends(self, address: str | None = None) -> list[dict[str, Any]]:
        """The requests to send, accepted or not, oldest first; with an address, those to it."""
        if self._file.exists():
            with self._file.open("rb") as log:
                log.seek(self._read)
                for line in log:
                    if not line.endswith(b"\n"):
                        break
                    self._read += len(line)
                    logged = json.loads(line)
                    if logged["operation"] == self._operation:
                        self._sends.append(logged)
        if address is None:
            return list(self._sends)
        hashed = hashlib.sha256(address.encode()).hexdigest()
        return [call for call in self._sends if call["to_sha256"] == hashed]
