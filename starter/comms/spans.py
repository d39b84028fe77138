"""Moments as people write them: `2026-11-21T10:00:00Z`, or a span back from now such as `2h`."""

import re
from datetime import UTC, datetime, timedelta

from starter.comms.problems import Misunderstood

_SPAN = re.compile(r"(\d{1,6})\s*(s|min|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


def moment_of(written: str, now: datetime | None = None) -> datetime:
    """Return the moment that is meant, aware. Raises Problem if it is not clear which."""
    span = _SPAN.fullmatch(written.strip())
    if span:
        return (now or datetime.now(UTC)) - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        raise Misunderstood(
            f"{written!r} is neither a moment such as 2026-11-21T10:00:00Z nor a span such as 2h"
        ) from None
    if moment.tzinfo is None:
        raise Misunderstood(f"{written!r} does not say in which zone; write {written.strip()}Z if it is UTC")
    return moment


def moment_ahead(written: str) -> datetime:
    """Return the moment that is meant, where a span such as `2h` counts from now on. Raises Problem as `moment_of`."""
    now = datetime.now(UTC)
    meant = moment_of(written, now)
    return now + (now - meant) if _SPAN.fullmatch(written.strip()) else meant
