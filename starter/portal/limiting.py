"""How often the portal may be asked, per process: enough for people, too little for whoever tries links out."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

REMEMBERED = 10_000
"""Of how many askers the last requests are kept; the one that has not asked for longest is forgotten first."""


class RateLimit:
    """So many requests a minute for each asker, in a row or spread (a token bucket).

    Args:
        per_minute: how many.
        clock: seconds that only grow.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, asker: str, cost: float = 1.0) -> bool:
        """Take one request of an asker; False if they have none left. A cost of 0 only looks."""
        with self._lock:
            now = self._clock()
            left, since = self._left.pop(asker, (self._most, now))
            left = min(self._most, left + (now - since) * self._per_second)
            allowed = left >= max(cost, 1.0)
            self._left[asker] = (left - cost if allowed else left, now)
            if len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
            return allowed


class LinkLimits:
    """The limits of the portal: by link, and by where links that open nothing come from.

    A link that has worked keeps working while its neighbours guess: behind a proxy everybody has the same address.
    """

    def __init__(self, per_minute: int) -> None:
        self._links = RateLimit(per_minute)
        self._guesses = RateLimit(per_minute)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def allows(self, link: str, address: str) -> bool:
        """Say whether a link may be looked up now."""
        return self._links.allows(link) and (link in self._known or self._guesses.allows(address, cost=0))

    def opened(self, link: str) -> None:
        """Note that a link works."""
        with self._lock:
            self._known[link] = None
            self._known.move_to_end(link)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def opened_nothing(self, link: str, address: str) -> None:
        """Note that a link does not work, or no longer."""
        with self._lock:
            self._known.pop(link, None)
        self._guesses.allows(address)
