"""How an incident moves, as a client is told of it: https://support.atlassian.com/statuspage/docs/create-an-incident/."""

from datetime import datetime, timedelta
from enum import StrEnum

REOPENED_WITHIN = timedelta(hours=24)
"""Later it is a new incident: readers have put the old one behind them."""


class IncidentState(StrEnum):
    """Where an incident stands."""

    DRAFT = "draft"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class IncidentSeverity(StrEnum):
    """What it means for the client."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class MoveRefused(Exception):
    """An incident cannot move like that. The message is a sentence for the person who wanted it."""


_OPEN = (IncidentState.INVESTIGATING, IncidentState.IDENTIFIED, IncidentState.MONITORING)


def check_move(
    before: IncidentState, after: IncidentState, *, reason: str, resolved_at: datetime | None, now: datetime
) -> None:
    """Refuse a move that readers would not understand. Moments are aware.

    Forward it may move by any number of steps; back to investigating with a reason, from resolved within 24 hours; a draft
    may be cancelled, what was published may not.

    Raises:
        MoveRefused: says what to do instead.
    """
    if before == after:
        raise MoveRefused(f"it is {before} already; write an update instead")
    if after is IncidentState.CANCELLED or before is IncidentState.CANCELLED:
        if before is not IncidentState.DRAFT:
            raise MoveRefused("only a draft can be cancelled, for good; what was published is resolved, or corrected")
        return
    if after is IncidentState.DRAFT:
        raise MoveRefused("what was published cannot become a draft again; publish a correction")
    if before is IncidentState.RESOLVED:
        _check_reopening(after, reason, resolved_at, now)
    elif before in _OPEN and after in _OPEN and _OPEN.index(after) < _OPEN.index(before):
        _check_relapse(after, reason)


def _check_reopening(after: IncidentState, reason: str, resolved_at: datetime | None, now: datetime) -> None:
    if resolved_at is None or now - resolved_at > REOPENED_WITHIN:
        raise MoveRefused("it was resolved more than 24 hours ago; open a new incident and refer to this one")
    _check_relapse(after, reason)


def _check_relapse(after: IncidentState, reason: str) -> None:
    if after is not IncidentState.INVESTIGATING:
        raise MoveRefused("an incident that comes back is investigated first")
    if not reason.strip():
        raise MoveRefused("say why it is investigated again; readers were told otherwise")
