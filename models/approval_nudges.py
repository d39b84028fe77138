"""When whoever must decide is told, told again, helped and overtaken. Time is an argument; moments count from the request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Nudge(StrEnum):
    """What is done about an approval that waits."""

    NOTICE = "notice"
    REMINDER = "reminder"
    DELEGATION = "delegation"
    ESCALATION = "escalation"


GRACE = timedelta(minutes=1)
"""For the workflow that tells its approver itself, before that is done for it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """After how long each is done. Where there is less time to decide, after a half and three quarters of it."""

    remind_after: timedelta
    delegate_after: timedelta
    escalate_after: timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of an approval that nobody has decided on.

    Args:
        asked_at: when it was asked for.
        ends_at: until when it can be given; None: no end.
        done: what was done about it already.
        is_announced: whether somebody else tells the approver first: the workflow of its run, or nobody need be told at once.
        has_delegate: whether somebody is named to decide too.
        is_escalated_elsewhere: whether a run waits for it, whose workflow does that.
    """

    asked_at: datetime
    ends_at: datetime | None
    done: frozenset[Nudge]
    is_announced: bool
    has_delegate: bool
    is_escalated_elsewhere: bool


def moments(waiting: Waiting, patience: Patience) -> dict[Nudge, datetime]:
    """Return when each thing that is still to be done is due."""

    def at(after: timedelta, share: float) -> datetime:
        if waiting.ends_at is not None:
            after = min(after, (waiting.ends_at - waiting.asked_at) * share)
        return waiting.asked_at + after

    due = {
        Nudge.NOTICE: at(GRACE, 0.25) if waiting.is_announced else waiting.asked_at,
        Nudge.REMINDER: at(patience.remind_after, 0.5),
        Nudge.DELEGATION: at(patience.delegate_after, 0.75),
        Nudge.ESCALATION: at(patience.escalate_after, 0.75),
    }
    moot = set(waiting.done)
    if not waiting.has_delegate:
        moot.add(Nudge.DELEGATION)
    if waiting.is_escalated_elsewhere:
        moot.add(Nudge.ESCALATION)
    return {nudge: moment for nudge, moment in due.items() if nudge not in moot}


def next_look(waiting: Waiting, patience: Patience, now: datetime) -> datetime | None:
    """Return when to look again after what is due by `now` was done; the end of the time to decide is such a moment."""
    later = [moment for moment in moments(waiting, patience).values() if moment > now]
    if waiting.ends_at is not None:
        later.append(waiting.ends_at)
    return min(later, default=None)
