"""The kinds of steps of the model, and how a path of them is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.protocol.model import State


class Kind(StrEnum):
    """The kinds of steps, as they are told in a path."""

    LOOK = "looks at consent"
    CLAIM = "claims"
    NO_CONNECTION = "gets no connection"
    CALL = "calls"
    REPEAT = "calls once more, unasked"
    READ = "reads the answer"
    LOSE = "loses the answer"
    CRASH = "dies"
    ACCEPT = "the provider accepts"
    REFUSE = "the provider refuses for good"
    TRY_LATER = "the provider says: try later"
    FAIL = "the provider fails"
    ACCEPT_AND_FAIL = "the provider accepts and says 500"
    LEASE_ENDS = "the lease ends"
    CALLBACK = "a callback reports it"
    LISTED = "the list shows it"
    NOT_LISTED = "the list shows nothing"
    SAID_SENT = "a person says it was sent"
    SAID_NOT_SENT = "a person says it was not sent"
    SENT_AGAIN = "two people have it sent again"
    OPT_OUT = "the recipient opts out"
    EXPIRE = "it expires"
    RESET = "the workflow is reset"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its kind, and the worker or the attempt it is about."""

    kind: Kind
    worker: int | None = None
    message: int = 0
    fence: int = 0

    def __str__(self) -> str:
        return self.kind if self.worker is None else f"worker {self.worker + 1} {self.kind}"


Moves = Iterator[tuple[Step, State]]

FAULTS = frozenset({Kind.CRASH, Kind.OPT_OUT, Kind.RESET})
"""What nobody may rely on to happen."""
