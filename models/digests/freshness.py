"""Whether the sources of a report are complete enough to be shown, and what must be said if they are not quite."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from models.digests.figures import Period
from models.frozen import Frozen

LATEST = timedelta(days=5)
"""After the end of its period a report does not wait longer for what is late."""


class SourceStatus(StrEnum):
    """How a source stands."""

    FRESH = "fresh"
    LAGGING = "lagging"
    """Behind, but no more than it usually is."""
    STALE = "stale"
    PARTIAL = "partial"
    AUTH_LOST = "auth_lost"
    NOT_CONNECTED = "not_connected"


class SourceState(Frozen):
    """What is known of one source of one client. Moments are aware."""

    source: str
    is_required: bool
    is_connected: bool = True
    auth_lost_at: datetime | None = None
    complete_through: date | None = None
    """The last day, in the client's zone, for which it gave everything it will give."""
    synced_at: datetime | None = None
    usual_lag: timedelta = timedelta(days=3)
    covered_days: int | None = None
    """Days of the period for which there is data; None if all up to `complete_through`."""


class Readiness(StrEnum):
    """What happens to a report now."""

    BUILD = "build"
    WAIT = "wait"
    BUILD_WITH_CAVEATS = "build_with_caveats"
    HOLD = "hold"
    """A source it cannot do without is missing: a person decides."""


def status_of(state: SourceState, period: Period, today: date) -> SourceStatus:
    """Return how a source stands for a period, on a day of the client's calendar."""
    if not state.is_connected:
        return SourceStatus.NOT_CONNECTED
    if state.auth_lost_at is not None:
        return SourceStatus.AUTH_LOST
    if state.complete_through is None or state.complete_through < period.last:
        due = period.last + state.usual_lag
        return SourceStatus.LAGGING if today <= due else SourceStatus.STALE
    if state.covered_days is not None and state.covered_days < period.days:
        return SourceStatus.PARTIAL
    return SourceStatus.FRESH


def readiness(states: tuple[SourceState, ...], period: Period, today: date) -> Readiness:
    """Say whether a report can be built: when all is there, or at its latest day with what must be said about the rest."""
    found = {state.source: (state, status_of(state, period, today)) for state in states}
    waiting = {SourceStatus.LAGGING, SourceStatus.STALE, SourceStatus.AUTH_LOST}
    if any(status in waiting for _, status in found.values()) and today < period.last + LATEST:
        return Readiness.WAIT
    if any(state.is_required and _has_nothing(state, status, period) for state, status in found.values()):
        return Readiness.HOLD
    complete = all(status is SourceStatus.FRESH for _, status in found.values())
    return Readiness.BUILD if complete else Readiness.BUILD_WITH_CAVEATS


def coverage(state: SourceState, period: Period) -> float:
    """Return the share of the period's days for which a source gave data, 0 to 1."""
    if state.covered_days is not None:
        return min(state.covered_days, period.days) / period.days
    if state.complete_through is None or not state.is_connected:
        return 0.0
    days = (min(state.complete_through, period.last) - period.first).days + 1
    return max(days, 0) / period.days


def _has_nothing(state: SourceState, status: SourceStatus, period: Period) -> bool:
    return status is SourceStatus.NOT_CONNECTED or coverage(state, period) == 0
