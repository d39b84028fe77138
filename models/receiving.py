"""What a provider has received for us, as its own list tells it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OVERLAP = timedelta(minutes=15)
"""How far before the point already reached a list is read again: clocks of two parties differ, and lists may lag."""
PROVIDER_DELAY = timedelta(seconds=5)
"""How long a provider may take to show in its list what it has received."""


@dataclass(frozen=True, slots=True)
class Received:
    """One text as the provider lists it. Holds personal data; stays in the worker's memory.

    Args:
        provider_id: the same as in its web hook.
        sender: an E.164 number.
        body: what the person wrote.
        raw: its fields as a form, the way a web hook would have brought them.
        received_at: on the provider's clock.
    """

    provider_id: str
    sender: str
    body: str
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a list that is due: from when, up to where it will be complete, and the outages that ends."""

    since: datetime
    until: datetime
    gaps: tuple[int, ...] = ()
