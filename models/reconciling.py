"""Matching an unknown call with what the provider's own list shows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

BEFORE_CLAIM = timedelta(minutes=2)
AFTER_LEASE = timedelta(minutes=5)


class Trace(StrEnum):
    """What asking the provider has shown of a call whose answer was lost, as the end of a sentence."""

    NONE = "the provider's list shows no trace of it"
    SEVERAL = "the provider's list shows more than one message that may be it"
    NO_LIST = "the provider keeps no list, and it has reported nothing"
    NO_ANSWER = "the provider's list could not be read"


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
    is_overdue: bool
    """The last check should long be over; if the provider cannot be asked, a person is told without its answer."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as the provider lists it."""

    provider_id: str
    to: str
    body: str
    created_at: datetime


def candidates(doubt: Doubt, listed: Iterable[Listed]) -> list[Listed]:
    """Return what may be the message in doubt: same recipient, same text, created around the claim.

    Clocks of two parties differ, hence the margins. Texts are compared as Twilio stores them, with runs of white space
    and typographic quotes evened out. The caller drops what is bound to another message, and never guesses among several.
    """
    since, until = doubt.claimed_at - BEFORE_CLAIM, doubt.lease_until + AFTER_LEASE
    wanted = _evened(doubt.body)
    return [
        one
        for one in listed
        if one.to == doubt.address and since <= one.created_at <= until and _evened(one.body) == wanted
    ]


_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


def _evened(text: str) -> str:
    return " ".join(text.replace("…", "...").translate(_TYPOGRAPHY).split())
