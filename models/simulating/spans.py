"""Spans of time as people write them in a simulation: `2d 3h`, `90m`, `+4h`."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"\s*\+?(?:\s*\d+\s*[wdhms])+\s*")
_PART = re.compile(r"(\d+)\s*([wdhms])")


def span(written: str) -> timedelta:
    """Return a span of time.

    Raises:
        ValueError: it is not written as days, hours and minutes; says how it must look.
    """
    if not _SPAN.fullmatch(written):
        raise ValueError(f"{written!r} is not a span of time; write it like 2d 3h, 90m or 1w")
    parts = {_UNITS[unit]: int(count) for count, unit in _PART.findall(written)}
    return timedelta(**parts)


def in_words(lasts: timedelta) -> str:
    """Return a span as `2 d 3 h 5 min`, to the minute."""
    minutes = round(lasts.total_seconds() / 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
