"""Things to do at given moments, kept on the disk: a killed stand-in does at its next start what was still due.

Entries of one lane (say, the callbacks of one message) are done one after the other in the order of their moments;
different lanes run side by side. An entry is forgotten after it was done, so a kill in between repeats it:
at least once, as real providers promise.
"""

import asyncio
import heapq
import json
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

SCHEMA = """CREATE TABLE IF NOT EXISTS agenda (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, lane TEXT NOT NULL,
    kind TEXT NOT NULL, payload TEXT NOT NULL)
"""


@dataclass(frozen=True)
class Entry:
    """One thing to do. `due` is in seconds since the epoch; `payload` must be JSON."""

    due: float
    lane: str
    kind: str
    payload: dict[str, Any]


Perform = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Does one entry, given its kind and payload. What it raises is dropped with the entry."""


class Agenda:
    """Adds to, and works off, the table `agenda` of an SQLite database opened in autocommit mode."""

    def __init__(self, database: sqlite3.Connection, perform: Perform, at_once: int = 64) -> None:
        database.execute(SCHEMA)
        self._database = database
        self._perform = perform
        self._at_once = asyncio.Semaphore(at_once)
        self._heap: list[tuple[float, int, Entry]] = []
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        for number, due, lane, kind, payload in database.execute("SELECT id, due, lane, kind, payload FROM agenda"):
            heapq.heappush(self._heap, (due, number, Entry(due, lane, kind, json.loads(payload))))

    def add(self, entries: Iterable[Entry]) -> None:
        """Put entries on the agenda, durable at once (or with the caller's open transaction)."""
        for entry in entries:
            cursor = self._database.execute(
                "INSERT INTO agenda (due, lane, kind, payload) VALUES (?, ?, ?, ?)",
                (entry.due, entry.lane, entry.kind, json.dumps(entry.payload)),
            )
            heapq.heappush(self._heap, (entry.due, cursor.lastrowid or 0, entry))
        self._changed.set()

    def drop(self, lane: str) -> None:
        """Take everything not yet begun in a lane off the agenda."""
        self._database.execute("DELETE FROM agenda WHERE lane = ?", (lane,))
        self._heap = [item for item in self._heap if item[2].lane != lane]
        heapq.heapify(self._heap)

    async def run(self) -> None:
        """Work the agenda off, for ever; cancel it to stop. What is under way then is done again after a restart."""
        try:
            while True:
                self._changed.clear()
                self._begin_due()
                pause = self._heap[0][0] - time.time() if self._heap else None
                try:
                    await asyncio.wait_for(self._changed.wait(), timeout=pause)
                except TimeoutError:
                    continue
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begin_due(self) -> None:
        now = time.time()
        while self._heap and self._heap[0][0] <= now:
            _, number, entry = heapq.heappop(self._heap)
            task = asyncio.create_task(self._do(number, entry, after=self._lanes.get(entry.lane)))
            self._lanes[entry.lane] = task
            self._under_way.add(task)
            task.add_done_callback(partial(self._leave, entry.lane))

    def _leave(self, lane: str, done: asyncio.Task[None]) -> None:
        self._under_way.discard(done)
        if self._lanes.get(lane) is done:
            del self._lanes[lane]

    async def _do(self, number: int, entry: Entry, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await asyncio.wait([after])
        async with self._at_once:
            try:
                await self._perform(entry.kind, entry.payload)
            except Exception as error:
                print(f"{entry.kind} failed: {type(error).__name__}", file=sys.stderr, flush=True)
        self._database.execute("DELETE FROM agenda WHERE id = ?", (number,))
