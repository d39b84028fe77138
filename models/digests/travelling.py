"""What travels between the digest workflow and its activities: ids, enums and times, never a name, a figure or wording."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.digests.freshness import Readiness
from models.frozen import Frozen


class DigestOutcome(StrEnum):
    """The one named end of a digest run."""

    VIEWED = "viewed"
    UNREAD = "unread"
    NOBODY_RECEIVES = "nobody_receives"
    """It was published, and nobody at the client receives reports."""
    NOT_APPROVED = "not_approved"
    HELD_FOR_SOURCES = "held_for_sources"
    STOPPED = "stopped"
    ROLLED_BACK = "rolled_back"
    GIVEN_TO_PERSON = "given_to_person"


class PeriodState(StrEnum):
    """Where the digest of a closed period stands."""

    CLOSED = "closed"
    """The period is over; its sources are being read."""
    HELD = "held"
    """A source that it cannot do without is missing."""
    DRAFTED = "drafted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    NOT_PUBLISHED = "not_published"


MAY_BE_MADE_AGAIN = frozenset({PeriodState.WITHDRAWN, PeriodState.NOT_PUBLISHED})
"""States in which a person may ask for the digest of a period once more."""


class DigestProgress(Frozen):
    """What a run takes along into a fresh history."""

    deadlines: dict[str, datetime] = {}
    drafted: bool = False
    published: bool = False
    reminded: bool = False


class DigestOrder(Frozen):
    """The input of `ReportDigest`."""

    run_id: UUID
    progress: DigestProgress = DigestProgress()


class ClosedPeriod(Frozen):
    """The input of `PeriodClose`, which a Temporal Schedule starts."""

    report_id: UUID


class PeriodToOpen(Frozen):
    """Whose newest closed period is to be reported, as seen at a moment (aware)."""

    report_id: UUID
    at: datetime


class GateReading(Frozen):
    """What the freshness gate said of the sources."""

    readiness: Readiness
    look_again_after: timedelta = timedelta(hours=6)


class DigestSituation(Frozen):
    """What the rows say about a digest, beside what they say about every run."""

    approved: bool = False
    """Owner approval and privacy review, both, of the wording that stands."""
    refused: bool = False
    """One of the two was rejected or has expired."""
    sources_news: int = 0
    """Grows when a source is connected anew or says that it has changed."""
    published: bool = False
    viewed: bool = False
    first_viewed_at: datetime | None = None
