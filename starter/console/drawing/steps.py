"""A sequence as a picture: from day 0 down to its last day, what leaves when, how long it waits and listens. Pure geometry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log2

from models.copywriting import SequenceStep, SequenceVersion
from models.review_requests.planning import Part, part_of
from models.terms import RunKind
from starter.measure_words import span_in_words

WIDTH, AXIS = 400, 104
_SHORTEST, _LONGEST, _CARD = 26, 96, 52
_DAY = timedelta(days=1)
_PARTS = {
    Part.ASK: "Ask, by one of",
    Part.REMINDER: "Remind once, the other way if permitted",
    Part.THANKS: "Thank, if the client wants that",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that passes on the axis: waiting before a step, or listening after it."""

    y: float
    height: float
    words: str
    is_listening: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that leaves: one message, or one of several ways."""

    y: float
    day: str
    """Empty where it is the same moment as the stop above."""
    title: str
    channels: tuple[str, ...]
    texts: str


@dataclass(frozen=True, slots=True)
class Course:
    """The picture."""

    stops: list[Stop]
    stretches: list[Stretch]
    height: float
    ends: str
    width: int = WIDTH
    axis: int = AXIS


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    steps: tuple[SequenceStep, ...]
    delay: timedelta
    listens: timedelta


def drawn(sequence: SequenceVersion) -> Course:
    """Lay a sequence out as it goes if nobody answers and nothing holds it."""
    y, passed = 28.0, timedelta(0)
    stops: list[Stop] = []
    stretches: list[Stretch] = []

    def pass_time(span: timedelta, words: str, is_listening: bool) -> None:
        nonlocal y, passed
        if span > timedelta(0):
            height = length_of(span)
            stretches.append(Stretch(y, height, words, is_listening))
            y, passed = y + height, passed + span

    for group in _groups(sequence):
        pass_time(group.delay, f"waits {span_in_words(group.delay.total_seconds())}", False)
        channels = tuple(step.channel.value for step in group.steps)
        texts = ", ".join(f"{step.template} v{step.version}" for step in group.steps)
        stops.append(Stop(y, day_in_words(passed), group.title, channels, texts))
        y += _CARD
        pass_time(group.listens, f"listens {span_in_words(group.listens.total_seconds())}", True)
    return Course(stops, stretches, y + 34, f"ends {day_in_words(passed)}")


def length_of(span: timedelta) -> float:
    """Return how long a span is drawn: longer for longer ones, but a month still fits beside an hour."""
    return min(_LONGEST, _SHORTEST + 8 * log2(1 + span / timedelta(hours=1)))


def day_in_words(passed: timedelta) -> str:
    """Return a moment of the course, such as `day 1` or `day 0, 4 h`."""
    rest = passed % _DAY
    return f"day {passed // _DAY}" + (f", {span_in_words(rest.total_seconds())}" if rest else "")


def _groups(sequence: SequenceVersion) -> Sequence[_Group]:
    if sequence.kind is not RunKind.REVIEW_REQUEST:
        return [_Group(step.key, (step,), step.delay, step.response_window) for step in sequence.steps]
    found = []
    for part in Part:
        steps = tuple(step for step in sequence.steps if part_of(step.key) is part)
        if steps:
            # A review is waited for after the last message, and only then thanked for.
            listens = max(step.response_window for step in steps) if part is Part.REMINDER else timedelta(0)
            found.append(_Group(_PARTS[part], steps, max(step.delay for step in steps), listens))
    return found
