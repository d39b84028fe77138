"""Whether a missed call was answered within the time in which an answer is prompt. Pure: time is an argument."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from models.frozen import Frozen
from models.leads.judgement import ANSWER_TARGETS
from models.leads.terms import LeadEventState, Way
from models.plurals import counted

EXPECT_AN_ANSWER = frozenset({LeadEventState.ACCEPTED, LeadEventState.NEEDS_PERSON})
_MINUTE = timedelta(minutes=1)


class AnswerState(StrEnum):
    """How the first answer to an event stands."""

    ON_TIME = "on_time"
    LATE = "late"
    """It was answered after the target, inside the response window."""
    WAITING = "waiting"
    OVERDUE = "overdue"
    """It is not answered, and the target is over."""


class Promptness(Frozen):
    """The first answer to an event beside its target."""

    state: AnswerState
    target: timedelta = Field(description="How soon after the event an answer is prompt.")
    due_at: datetime
    answered_at: datetime | None = Field(description="When the provider had accepted the first message to the person.")
    in_words: str = Field(examples=["answered 3 minutes after the call; the target is 10"])


def promptness(
    way: Way, state: LeadEventState, happened_at: datetime, answered_at: datetime | None, now: datetime
) -> Promptness | None:
    """Return how the answer to an event stands; None if no prompt answer is expected to it."""
    target = ANSWER_TARGETS.get(way)
    if target is None or state not in EXPECT_AN_ANSWER:
        return None
    due_at = happened_at + target
    took = (answered_at or now) - happened_at
    if answered_at is not None:
        stands = AnswerState.ON_TIME if answered_at <= due_at else AnswerState.LATE
        said = f"answered {counted(took // _MINUTE, 'minute')} after the call"
    else:
        stands = AnswerState.WAITING if now <= due_at else AnswerState.OVERDUE
        said = f"not answered; the call was {counted(took // _MINUTE, 'minute')} ago"
    in_words = f"{said}; the target is {target // _MINUTE}"
    return Promptness(state=stands, target=target, due_at=due_at, answered_at=answered_at, in_words=in_words)
