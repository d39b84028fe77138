"""Matching an unknown call with what the provider's own list shows. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

BEFORE_CLAIM = timedelta(minutes=2)
AFTER_LEASE = timedelta(minutes=5)
BEFORE_EXPIRY = timedelta(minutes=5)
"""A person is asked at the latest this long before the message becomes stale: afterwards their answer would be of no use."""


class Trace(StrEnum):
    """What asking has shown of a call whose answer was lost. The values are stored as evidence."""

    FOUND = "listed"
    NONE = "no_trace"
    SEVERAL = "several_candidates"
    SHARED = "shared_candidate"
    NO_ANSWER = "list_not_read"
    NO_EVENT = "no_event_of_it"
    NO_EVENTS = "no_events_at_all"

    @property
    def in_words(self) -> str:
        """Return it as the end of a sentence."""
        return _IN_WORDS[self]

    @property
    def is_of_events(self) -> bool:
        """Whether the provider keeps no list, so that only its events could tell."""
        return self in (Trace.NO_EVENT, Trace.NO_EVENTS)

    @property
    def is_absence(self) -> bool:
        """Whether it was looked for in a place that is known to work, and was not there."""
        return self in (Trace.NONE, Trace.NO_EVENT)


_IN_WORDS = {
    Trace.FOUND: "the provider's list shows it",
    Trace.NONE: "the provider's list shows no trace of it",
    Trace.SEVERAL: "the provider's list shows more than one message that may be it",
    Trace.SHARED: "the provider's list shows one message that may be it or another one in doubt",
    Trace.NO_ANSWER: "the provider's list could not be read",
    Trace.NO_EVENT: "the provider keeps no list; events of later emails have arrived, none of this one",
    Trace.NO_EVENTS: (
        "the provider keeps no list; no event of any later email has arrived either; "
        "the event pipeline itself may be down"
    ),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message that may have been accepted. Holds personal data; stays in the worker's memory."""

    message_id: UUID
    fence: int
    provider: str
    address: str
    body: str
    checks_done: int
    lease_until: datetime
    claimed_at: datetime
    due_at: datetime | None = None
    """When it was to be looked up."""
    is_overdue: bool = False
    """If the provider cannot be asked even now, a person is told without its answer."""
    has_waited_for_events: bool = False
    """An event of it should have arrived long ago."""
    confirmed_at: datetime | None = None
    """When two people had agreed to send it again, if that is what it is looked up for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as the provider lists it."""

    provider_id: str
    to: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has shown, and the messages that may be the one in doubt."""

    seen: Trace
    candidates: tuple[Listed, ...] = ()


def candidates(doubt: Doubt, listed: Iterable[Listed]) -> list[Listed]:
    """Return what may be the message in doubt: same recipient, same text, created around the claim.

    Clocks of two parties differ, hence the margins. The caller drops what is bound to another message, and never guesses
    among several.
    """
    since, until = doubt.claimed_at - BEFORE_CLAIM, doubt.lease_until + AFTER_LEASE
    return [
        one
        for one in listed
        if one.to == doubt.address and since <= one.created_at <= until and same_wording(one.body, doubt.body)
    ]


def same_wording(one: str, other: str) -> bool:
    """Return whether two texts are one as Twilio stores them: runs of white space and typographic quotes are evened out."""
    return _evened(one) == _evened(other)


def weigh(unbound: Sequence[Listed], rivals: Iterable[Doubt]) -> Look:
    """Return what candidates prove. One that may as well be another message in doubt proves nothing of either.

    Args:
        unbound: the candidates that no message is bound to.
        rivals: the other messages in doubt to the same address.
    """
    mine = tuple(unbound)
    if len(mine) != 1:
        return Look(Trace.SEVERAL if mine else Trace.NONE, mine)
    return Look(Trace.SHARED if any(candidates(rival, mine) for rival in rivals) else Trace.FOUND, mine)


_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


def _evened(text: str) -> str:
    return " ".join(text.replace("…", "...").translate(_TYPOGRAPHY).split())
