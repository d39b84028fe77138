"""What travels between the incident workflow and its activities: ids, enums and times, never a word that a client reads."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from models.frozen import Frozen


class IncidentOutcome(StrEnum):
    """The one named end of a run that tells a client of an incident."""

    SUMMARISED = "summarised"
    """It is resolved, what it held was let go, and the client has the summary."""
    STOPPED = "stopped"
    ROLLED_BACK = "rolled_back"
    GIVEN_TO_PERSON = "given_to_person"


class IncidentOrder(Frozen):
    """The input of `IncidentNotice`."""

    run_id: UUID


class NoticeOrder(Frozen):
    """One update for the client of a run."""

    run_id: UUID
    number: int


class Chase(Frozen):
    """A promised time (UTC) of which a person must hear, because it comes soon or has passed."""

    run_id: UUID
    promised: datetime
    has_passed: bool


class DraftedNotice(Frozen):
    """Which draft tells of which update in the portal."""

    run_id: UUID
    number: int
    draft_id: UUID
