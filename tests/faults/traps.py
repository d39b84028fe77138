"""Traps: what a proxy shall catch on its way, and what becomes of it."""

import asyncio
import re
from concurrent.futures import Future
from enum import StrEnum, auto


class Way(StrEnum):
    """Where bytes are caught."""

    CONNECT = auto()
    """Before the server is connected to; not a byte has gone either way."""
    TO_SERVER = auto()
    TO_CLIENT = auto()


class Fate(StrEnum):
    """What becomes of caught bytes, and of their connection."""

    RELEASE = auto()
    """They go on, though the other side may have given up meanwhile."""
    CUT = auto()
    """The connection is reset on both sides."""
    CLOSE = auto()
    """The connection is closed in order, in the middle of a message."""


class NotSprung(AssertionError):
    """Nothing came by within the time."""


class Trap:
    """Catches the bytes with which a client's asking begins to match, and holds them until their fate is decided.

    Args:
        what: for messages and figures, such as "hold the claim's COMMIT".
        way: where.
        asked: searched in what the client has asked for, see `transcripts`.
        let_through: so many of the caught bytes go on before the rest is held.
        then: decided beforehand; None waits for `decide`.
        times: how often it catches.
    """

    def __init__(
        self, what: str, way: Way, asked: str, let_through: int = 0, then: Fate | None = None, times: int = 1
    ) -> None:
        self.what = what
        self.caught = 0
        self.let_through = let_through
        self._way = way
        self._asked = re.compile(asked, re.DOTALL)
        self._times = times
        self._sprung: Future[None] = Future()
        self._fate: Future[Fate] = Future()
        if then is not None:
            self._fate.set_result(then)

    async def sprung(self, within: float = 10.0) -> None:
        """Wait until something is caught. Raises NotSprung."""
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._sprung)), within)
        except TimeoutError:
            raise NotSprung(f"nothing came by to {self.what} within {within:.0f} s") from None

    def decide(self, fate: Fate) -> None:
        """Say what becomes of what is held and of what is still to come by. Only the first call counts."""
        if not self._fate.done():
            self._fate.set_result(fate)

    def catches(self, way: Way, asked: str) -> bool:
        """Say whether this is to be caught, and count it. For the proxy."""
        if way is not self._way or self.caught >= self._times or not self._asked.search(asked):
            return False
        self.caught += 1
        if self.caught == 1:
            self._sprung.set_result(None)
        return True

    async def fate(self) -> Fate:
        """Wait for the decision. For the proxy."""
        return await asyncio.shield(asyncio.wrap_future(self._fate))
