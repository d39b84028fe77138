"""How often the reconciler may ask a provider for its list: a budget of its own, so that it takes none from sending."""

import logging
import time
from collections.abc import Callable

log = logging.getLogger("worker")
BURST_SECONDS = 10
"""So much of the budget can be saved up."""
ROUNDING = 1e-6
SAY_SO_AFTER_SECONDS = 60.0


class LookupBudget:
    """A token bucket of this process; each worker has its own.

    Args:
        per_minute: look-ups per minute.
        clock: seconds that only move forward.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._most = max(1.0, self._per_second * BURST_SECONDS)
        self._clock = clock
        self._left = self._most
        self._at = clock()
        self._rests_until = 0.0
        self._short_since: float | None = None
        self._said_at = 0.0

    def take(self) -> bool:
        """Return whether one look-up may be made now, and count it."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1 - ROUNDING or now < self._rests_until:
            return False
        self._left -= 1
        return True

    def rest(self, seconds: float) -> None:
        """Allow none for so long: the provider has asked for it."""
        self._rests_until = max(self._rests_until, self._clock() + seconds)

    def note(self, put_off: int) -> None:
        """Hear how many look-ups a sweep has put off; say so in the log, once a minute, if that lasts."""
        now = self._clock()
        if not put_off:
            self._short_since = None
            return
        self._short_since = now if self._short_since is None else self._short_since
        short_for = now - self._short_since
        if short_for >= SAY_SO_AFTER_SECONDS <= now - self._said_at:
            self._said_at = now
            log.warning("look-ups exceed their budget", extra={"put_off": put_off, "for_seconds": round(short_for)})
