"""The Retry-After header (RFC 9110, section 10.2.3) of an answer that asks to come back later."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long to wait, given in seconds or as a date; None if the header is missing or unreadable."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said), 10**6))
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(timedelta(0), moment - datetime.now(UTC))
