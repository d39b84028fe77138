"""Reading from the provider's list what its web hooks did not bring. Runs beside the worker; it never sends."""

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from activities.recovery_ports import Backfills, ReceivedList
from models.errors import TryAgain
from models.receiving import Received

log = logging.getLogger("worker")
TRIES = 3
"""After so many readings in a row that came to nothing a person is told."""
PATIENCE = timedelta(minutes=1)
"""A person is told at once if the provider asks to be left alone for longer."""


class Backfiller:
    """Takes in whatever no web hook has brought, a STOP with all its effect, and then ends the outages it made up for.

    Args:
        backfills: how far the list has been read, and what is due.
        listing: the provider's list; None if there is no account, so that nothing can have come in.
        clock: seconds that only increase.
    """

    def __init__(
        self, backfills: Backfills, listing: ReceivedList | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._backfills = backfills
        self._listing = listing
        self._clock = clock
        self._rests_until = clock()
        self._has_read = False
        self._failures = 0

    def sweep(self) -> int:
        """Read the list if it is time, an outage is to be ended, or this process has just started.

        Safe to repeat and to run in several processes at once. Returns how many messages no web hook had brought.
        """
        if self._clock() < self._rests_until:
            return 0
        reading = self._backfills.due(at_once=not self._has_read)
        if reading is None:
            return 0
        try:
            received = () if self._listing is None else self._listing.received_since(reading.since)
            found = self._take_in(received)
            self._backfills.finish(reading, listed=self._listing is not None)
        except TryAgain as error:
            log.warning("the list of received texts cannot be read", extra={"reason": str(error)})
            rest = error.after or timedelta(0)
            self._rests_until = self._clock() + rest.total_seconds()
            self._failed(str(error), at_once=rest > PATIENCE)
            return 0
        except Exception as error:
            self._failed(type(error).__name__)
            raise
        self._has_read, self._failures = True, 0
        return found

    def _take_in(self, received: Iterable[Received]) -> int:
        # From old to new: of a STOP and a START the later one must come last.
        missing = sorted(self._backfills.missing(list(received)), key=lambda message: message.received_at)
        return sum(self._backfills.take_in(message) for message in missing)

    def _failed(self, code: str, *, at_once: bool = False) -> None:
        self._failures += 1
        if at_once or self._failures >= TRIES:
            self._backfills.cannot_read(code)
