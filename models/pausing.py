"""The words of a pause: why, what happens to the work it holds, and by which rule it may lift itself. Values are stored."""

from enum import StrEnum
from typing import NamedTuple


class PauseCode(StrEnum):
    """Why something is paused. The first three are a person's; the others are also found by the service itself."""

    BY_HAND = "by_hand"
    INCIDENT = "incident"
    """Holds everything inside but the notices of incidents; every other pause holds these too."""
    MAINTENANCE = "maintenance"
    SET_UP = "set_up"
    """A provider refuses our account, sender or credentials."""
    WEB_HOOK = "web_hook"
    """What is said to come from a provider cannot be believed, so what it does say may be missed."""
    IMPORT = "import"
    DELIVERY = "delivery"
    PRIVACY = "privacy"
    COMPLIANCE = "compliance"
    STALE_SOURCE = "stale_source"
    SUSPECTED_DUPLICATE = "suspected_duplicate"


class HeldWork(StrEnum):
    """What the time of a pause means for the work that it holds."""

    FREEZE = "freeze_clock"
    """It does not count: neither against `not after` nor for the waits of a run."""
    CATCH_UP = "catch_up"
    """It does not count against `not after`; waits run on. So all that is held leaves, at a limited rate."""
    EXPIRE = "expire_late"
    """It counts. What became stale is expired and named; the rest leaves at a limited rate."""


SPARING = (HeldWork.FREEZE, HeldWork.CATCH_UP)
"""Under these nothing becomes stale because of the pause."""


class LiftRule(StrEnum):
    """By which rule a pause lifts itself. One without a rule never does."""

    AT_END = "at_end"
    """When its end has come, on the database's clock."""
    WHEN_FRESH = "when_fresh"
    """When the source whose data were stale is read again."""


FOUND_BY_ITSELF = (
    PauseCode.SET_UP,
    PauseCode.WEB_HOOK,
    PauseCode.IMPORT,
    PauseCode.DELIVERY,
    PauseCode.PRIVACY,
    PauseCode.COMPLIANCE,
    PauseCode.STALE_SOURCE,
    PauseCode.SUSPECTED_DUPLICATE,
)
"""What the service looks for again and again. A single message refused for our set-up pauses its channel in any case."""
COMPLIANCE_CODES = frozenset({"30032", "30034", "30035"})
"""Twilio's refusals of numbers that are not registered or verified (https://www.twilio.com/docs/api/errors)."""


class Watched(NamedTuple):
    """How many pauses began and how many were lifted by themselves in one sweep."""

    paused: int
    lifted: int


CLIENT_SAFE = {
    PauseCode.BY_HAND: "Automatic messages are paused",
    PauseCode.INCIDENT: "Automatic messages are paused while we look into a problem",
    PauseCode.MAINTENANCE: "Automatic messages are paused for maintenance",
    PauseCode.SET_UP: "We have paused automatic follow-ups while we restore a connection",
    PauseCode.WEB_HOOK: "We have paused automatic follow-ups while we restore a connection",
    PauseCode.IMPORT: "We found a setup problem and paused sending to be safe",
    PauseCode.DELIVERY: "A delivery service we rely on is not delivering messages as it should",
    PauseCode.PRIVACY: "We found a setup problem and paused sending to be safe",
    PauseCode.COMPLIANCE: "We found a setup problem and paused sending to be safe",
    PauseCode.STALE_SOURCE: "Some data is older than usual, and we paused sending to be safe",
    PauseCode.SUSPECTED_DUPLICATE: "We paused sending to make sure no one is contacted twice",
}
"""What a client may read about each: no internals, no blame, no promise."""
