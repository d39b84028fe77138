"""What travels between the digest workflow and its activities: ids, enums and times, never a name, a figure or wording."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.digests.freshness import Readiness
from models.frozen import Frozen
from models.sending import SendStep


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
    """What a run takes along into a fresh history, as far as no row says it."""

    deadlines: dict[str, datetime] = {}
    is_reminded: bool = False


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


class ReadOrder(Frozen):
    """Which digest, and the workflow's own moment (aware), by which is judged what is late."""

    run_id: UUID
    at: datetime


class StagedDraft(Frozen):
    """Which draft of a digest is to be reviewed."""

    run_id: UUID
    draft_id: UUID


class WorkingDays(Frozen):
    """So many working days (nine to five, without US federal holidays) after a moment, where the client is."""

    at: datetime
    zone: str
    days: int


class NoticeOrder(Frozen):
    """Whom to tell: everybody who receives reports, or those who have not read this one."""

    run_id: UUID
    is_reminder: bool = False


class NoticePlan(Frozen):
    """The messages that were entered."""

    steps: tuple[SendStep, ...]


class GateReading(Frozen):
    """What the freshness gate said of the sources."""

    readiness: Readiness
    look_again_after: timedelta = timedelta(hours=6)


class DigestSituation(Frozen):
    """What the rows say about a digest, beside what they say about every run."""

    state: PeriodState = PeriodState.CLOSED
    zone: str = "UTC"
    """The client's, by whose working days is counted; IANA name."""
    approved: bool = False
    """Owner approval and privacy review, both, of the wording that stands."""
    refused: bool = False
    """One of the two was rejected or has expired."""
    first_viewed_at: datetime | None = None
    """When somebody at the client first had it before their eyes; None if nobody has."""

    @property
    def is_decided(self) -> bool:
        """Whether the reviewers have come to an end."""
        return self.approved or self.refused

    @property
    def is_viewed(self) -> bool:
        """Whether somebody has read it."""
        return self.first_viewed_at is not None
