"""Which request a review may have come from. A review holds a display name and two times, so this is never certain.

Fields of a review: https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews. How many stars it
has is not asked here: what somebody thought of a job decides nothing.
"""

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from models.frozen import Frozen

AFTER_CLICK = timedelta(hours=72)
OBSERVED_FOR = timedelta(days=14)
"""After the last message of a request, a review that comes later is not taken for its answer."""
SAME_NAME = 90
"""Of 100: from here on two names are taken for the same."""


class MatchConfidence(StrEnum):
    """How sure it is that a review answers a request."""

    HIGH = "high"
    """The link was used, the name is the same, and the review came within three days of that."""
    MEDIUM = "medium"
    """The name is the same, and the review came within fourteen days of a message."""
    LOW = "low"
    """Only the time fits: it counts as received in the period, and for nobody's request."""


class AskedCustomer(Frozen):
    """A request that a review may answer. Moments are aware."""

    run_id: UUID
    name: str
    first_sent_at: datetime
    last_sent_at: datetime
    clicked_at: datetime | None = None


class SeenReview(Frozen):
    """A review as the provider shows it, as far as it is kept."""

    review_id: str
    reviewer: str
    """The display name; empty if anonymous."""
    created_at: datetime
    updated_at: datetime
    stars: int | None = None
    """For reports; nothing that decides who is asked, or what follows, may read it."""


class Match(NamedTuple):
    """What a review answers. `run_id` is None unless it is one request that it can be ascribed to."""

    confidence: MatchConfidence | None
    run_id: UUID | None = None


def match(review: SeenReview, asked: Iterable[AskedCustomer]) -> Match:
    """Say which request a review answers. Two requests that fit equally well are not guessed between."""
    found = [(confidence, one.run_id) for one in asked if (confidence := _fits(review, one)) is not None]
    for wanted in (MatchConfidence.HIGH, MatchConfidence.MEDIUM):
        of_that = {run_id for confidence, run_id in found if confidence is wanted}
        if len(of_that) == 1:
            return Match(wanted, of_that.pop())
        if of_that:
            return Match(MatchConfidence.LOW)
    return Match(MatchConfidence.LOW if found else None)


def likeness(one: str, other: str) -> int:
    """Return how alike two names are, 0 to 100, whatever the order of their parts, their case and their accents."""
    first, second = _sorted_parts(one), _sorted_parts(other)
    if not first or not second:
        return 0
    return round(100 * SequenceMatcher(None, first, second, autojunk=False).ratio())


def _fits(review: SeenReview, asked: AskedCustomer) -> MatchConfidence | None:
    if not asked.first_sent_at <= review.created_at <= asked.last_sent_at + OBSERVED_FOR:
        return None
    if likeness(review.reviewer, asked.name) < SAME_NAME:
        return MatchConfidence.LOW
    clicked = asked.clicked_at
    if clicked is not None and clicked <= review.created_at <= clicked + AFTER_CLICK:
        return MatchConfidence.HIGH
    return MatchConfidence.MEDIUM


def _sorted_parts(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(letters.split()))
