"""What lasts in a run: waiting for approval and for a reply, holds, doubts, pauses, tasks on people's lists."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.database.tables.records import Event
from models.event_kinds import EventKind as E
from starter.console.picture.lanes import Lane, Look
from starter.words import happened


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts; `until` is None while it still does."""

    lane: Lane
    look: Look
    since: datetime
    until: datetime | None
    in_words: str
    event_id: int


class _Course(NamedTuple):
    """What begins and ends a span. Several of one kind may run side by side, told apart by what they are about."""

    lane: Lane
    look: Look
    begins: E
    ends: frozenset[E]
    about: str
    in_words: str
    """Empty: the sentence of the event that began it."""
    survives: bool = False
    """Whether it may go on after the end of the run."""


_OF_MESSAGE = frozenset({E.MESSAGE_ACCEPTED, E.MESSAGE_REFUSED, E.MESSAGE_NOT_SENT})
_COURSES = (
    _Course(
        Lane.WAITS, Look.ASKS, E.APPROVAL_REQUESTED,
        frozenset({E.APPROVAL_DECIDED, E.POST_PUBLISHED, E.APPROVAL_REQUESTED}), "run", "It waits for approval",
    ),
    _Course(Lane.WAITS, Look.WAITS, E.MESSAGE_HELD, _OF_MESSAGE, "message", ""),
    _Course(Lane.WAITS, Look.WAITS, E.REVIEW_DELAYED, frozenset({E.REVIEW_SCHEDULED, E.REVIEW_NOT_ASKED}), "run", ""),
    _Course(Lane.WAITS, Look.WAITS, E.DIGEST_HELD, frozenset({E.DIGEST_DRAFTED}), "run", ""),
    _Course(
        Lane.WAITS, Look.GOOD, E.MESSAGE_ACCEPTED,
        frozenset({E.MESSAGE_ACCEPTED, E.REPLY_RECEIVED, E.OPTED_OUT, E.REVIEW_OBSERVED, E.APPROVAL_REQUESTED}),
        "run", "It waits for an answer",
    ),
    _Course(Lane.REPORTS, Look.WAITS, E.MESSAGE_IN_DOUBT, _OF_MESSAGE, "message", ""),
    _Course(Lane.PAUSES, Look.WAITS, E.PAUSED, frozenset({E.RESUMED}), "pause", "", survives=True),
    _Course(Lane.PEOPLE, Look.ASKS, E.TASK_OPENED, frozenset({E.TASK_CLOSED}), "task", "", survives=True),
)  # fmt: skip


def spans_of(events: Iterable[Event], to_contact: Container[UUID], ended_at: datetime | None) -> list[Span]:
    """Return what lasted in a run.

    Args:
        events: of the run, oldest first.
        to_contact: ids of the messages to its recipient: no answer is waited for after a notice to a colleague.
        ended_at: ends what cannot outlast the run; None while it is open.
    """
    meant = [event for event in events if event.kind != E.MESSAGE_ACCEPTED or event.message_id in to_contact]
    found = [span for course in _COURSES for span in _spans(course, meant, ended_at)]
    return sorted(found, key=lambda span: span.since)


def _spans(course: _Course, events: Sequence[Event], ended_at: datetime | None) -> Iterable[Span]:
    running: dict[str, Event] = {}
    for event in events:
        key = _ABOUT[course.about](event)
        if event.kind in course.ends and (begun := running.pop(key, None)) is not None:
            yield _span(course, begun, event.at)
        if event.kind == course.begins:
            running.setdefault(key, event)
    for begun in running.values():
        yield _span(course, begun, None if course.survives else ended_at)


def _span(course: _Course, begun: Event, until: datetime | None) -> Span:
    said = course.in_words or happened(begun.kind, begun.reason).rstrip(".")
    assert begun.at is not None
    return Span(course.lane, course.look, begun.at, until, said, begun.id or 0)


_ABOUT: Mapping[str, Callable[[Event], str]] = {
    "run": lambda event: "",
    "message": lambda event: str(event.message_id),
    "pause": lambda event: str(event.facts.get("pause", "")),
    "task": lambda event: f"{event.reason} {event.message_id or ''}",
}
