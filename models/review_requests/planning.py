"""Which of a sequence's texts one customer gets: an ask, at most one reminder, and thanks if the client wants them.

The steps of a sequence that asks for reviews are named after what they do and through what: `ask_sms`, `ask_email`,
`reminder_sms`, `reminder_email`, `thanks_sms`, `thanks_email`.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from models.copywriting import SequenceStep, SequenceVersion
from models.terms import Channel

MOST_MESSAGES = 2
"""Of one job, whatever they say."""


class Part(StrEnum):
    """What a step does."""

    ASK = "ask"
    REMINDER = "reminder"
    THANKS = "thanks"


class Chosen(NamedTuple):
    """The steps that one customer may get. `ask` is None if no text reaches them."""

    ask: SequenceStep | None
    reminder: SequenceStep | None
    thanks: SequenceStep | None

    @property
    def steps(self) -> tuple[SequenceStep, ...]:
        """Those that there are, in the order in which they may leave."""
        return tuple(step for step in self if step is not None)


def part_of(step: str) -> Part | None:
    """Return what a step does by its name, or None if the name says nothing."""
    name = step.partition("_")[0]
    return Part(name) if name in set(Part) else None


def unusable(sequence: SequenceVersion) -> str | None:
    """Return why a sequence cannot ask for reviews, or None."""
    parts = [part_of(step.key) for step in sequence.steps]
    if None in parts:
        return "its steps must be called ask_…, reminder_… or thanks_…"
    if Part.ASK not in parts:
        return "it has no step that asks: ask_sms or ask_email"
    return None


def choose(sequence: SequenceVersion, permitted: Collection[Channel], thanks: bool) -> Chosen:
    """Choose the texts for a customer who may be written to through some channels.

    The ask takes the first of the sequence's channels that is permitted; the reminder the other one if it is permitted too,
    else the same; thanks come the way the ask came.
    """

    def first(part: Part, *channels: Channel) -> SequenceStep | None:
        steps = [step for step in sequence.steps if part_of(step.key) is part and step.channel in permitted]
        ranked = sorted(
            steps, key=lambda step: channels.index(step.channel) if step.channel in channels else len(channels)
        )
        return ranked[0] if ranked else None

    ask = first(Part.ASK)
    if ask is None:
        return Chosen(None, None, None)
    others = [channel for channel in Channel if channel is not ask.channel]
    return Chosen(ask, first(Part.REMINDER, *others), first(Part.THANKS, ask.channel) if thanks else None)
