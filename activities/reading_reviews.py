"""Reading what customers have left, as far as a review can be read: when it changed, and under which name."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from temporalio.common import MetricMeter

from models.review_requests.matching import SeenReview
from models.review_requests.observing import AccessLost, LocationToRead, SourceUnavailable

log = logging.getLogger("worker")
AT_ONCE = 20
"""Locations read in one round."""


class Reviews(Protocol):
    """Where reviews are left."""

    def changed_since(self, location: str, since: datetime | None) -> Sequence[SeenReview]:
        """Return the reviews of a location that were written or changed since then; all of them if since is None.

        Raises:
            SourceUnavailable: they cannot be read now; AccessLost if that will not change by itself.
        """
        ...


class ReviewRows(Protocol):
    """What is known of reviews. See `models.database.review_requests.reading`."""

    def due(self, limit: int) -> list[LocationToRead]:
        """Return locations to read now."""
        ...

    def seen(self, location: LocationToRead, reviews: Iterable[SeenReview]) -> int:
        """Keep what was read to the end, tell the runs that it may answer; return how many are new or changed."""
        ...

    def failed(self, location_id: UUID, why: SourceUnavailable) -> None:
        """Keep that a location could not be read."""
        ...


class ReviewReader:
    """Reads the reviews of every location that is due, one location after the other.

    Args:
        rows: what is due, and what is known.
        provider: where they are left; None if no access is set up.
    """

    def __init__(self, rows: ReviewRows, provider: Reviews | None) -> None:
        self._rows = rows
        self._provider = provider

    def sweep(self) -> int:
        """Read what is due; return how many reviews were new or had changed. Safe to repeat."""
        if self._provider is None:
            return 0
        found = 0
        for location in self._rows.due(AT_ONCE):
            try:
                reviews = self._provider.changed_since(location.google_name, location.changed_since)
            except AccessLost as lost:
                self._rows.failed(location.location_id, lost)
                continue
            except SourceUnavailable as away:
                self._rows.failed(location.location_id, away)
                if away.after is not None:
                    break  # the quota is one for all locations
                continue
            found += self._rows.seen(location, reviews)
        return found


def reading_reviews(reader: ReviewReader, meter: MetricMeter) -> Callable[[], None]:
    """Return one look for locations whose reviews are due to be read."""
    read = meter.create_counter("comms_reviews_read", "Reviews that were new or had changed.")

    def sweep() -> None:
        if count := reader.sweep():
            log.info("reviews were read", extra={"reviews": count})
            read.add(count)

    return sweep
