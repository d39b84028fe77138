"""Reading reviews from where they are left: what is asked, and what may come of it."""

from datetime import datetime, timedelta
from uuid import UUID

from models.errors import CommsError
from models.frozen import Frozen

OVERLAP = timedelta(minutes=10)
"""Read again of what was read before: clocks differ, and what changes while a list is read may slip through."""


class SourceUnavailable(CommsError):
    """The reviews of a location cannot be read now.

    Args:
        code: why, such as `rate_limited`; never a payload.
        after: how long the provider wants to be left alone, if it says so.
    """

    def __init__(self, code: str, after: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.after = after


class AccessLost(SourceUnavailable):
    """They cannot be read until a person has given access again, or has put the location's name right."""


class LocationToRead(Frozen):
    """A location whose reviews are due to be read. Moments are aware."""

    location_id: UUID
    google_name: str
    changed_since: datetime | None = None
    """Only what has changed after this; None for the first time."""
