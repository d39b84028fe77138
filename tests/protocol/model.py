"""The send protocol in small: one business message, two workers, its provider, and the consent of its recipient.

Everything is asynchronous: a worker may freeze between any two of its steps, a request may arrive after its sender is dead,
evidence may come before the answer. Bounds: two crashes, one reset, three fences. Assumed: the provider accepts one request
at most once, and committed rows are not lost.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from models.terms import IN_DOUBT, AttemptOutcome, MessageState

MOST_FENCES = 3


class Place(StrEnum):
    """Where a worker is. `LOOKED` exists only where the gate is read before the claim."""

    IDLE = "idle"
    LOOKED = "looked"
    CLAIMED = "claimed"
    WAITING = "waiting"


class Says(StrEnum):
    """What a provider answers."""

    ACCEPTED = "accepted"
    REFUSED = "refused for good"
    TRY_LATER = "try later"
    FAILED = "server error"


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the ledger with the outcomes of its attempts; the newest attempt's fence is their number."""

    state: MessageState = MessageState.READY
    attempts: tuple[AttemptOutcome | None, ...] = ()

    @property
    def fence(self) -> int:
        return len(self.attempts)

    @property
    def has_live_attempt(self) -> bool:
        return any(outcome is not AttemptOutcome.NOT_ACCEPTED for outcome in self.attempts)

    @property
    def may_be_claimed(self) -> bool:
        return self.state is MessageState.READY and self.fence < MOST_FENCES and not self.has_live_attempt

    def claimed(self) -> "Message":
        return Message(MessageState.DISPATCHING, (*self.attempts, None))

    def with_outcome(self, fence: int, outcome: AttemptOutcome) -> "Message":
        return replace(self, attempts=(*self.attempts[: fence - 1], outcome, *self.attempts[fence:]))


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, and the attempt it is busy with."""

    place: Place = Place.IDLE
    message: int = 0
    fence: int = 0

    def waits_for(self, request: "Request") -> bool:
        return self.place is Place.WAITING and (self.message, self.fence) == request.about


@dataclass(frozen=True, slots=True)
class Request:
    """One request on the wire; `repeat` is 1 if a client library has repeated it unasked."""

    message: int
    fence: int
    repeat: int = 0

    @property
    def about(self) -> tuple[int, int]:
        return self.message, self.fence


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that the waiting worker has not read yet."""

    request: Request
    says: Says


@dataclass(frozen=True, slots=True)
class State:
    """Everything at one moment. The second message exists only where a reset has made one."""

    messages: tuple[Message, ...] = (Message(),)
    workers: tuple[Worker, ...] = (Worker(), Worker())
    requests: frozenset[Request] = frozenset()
    answers: frozenset[Answer] = frozenset()
    accepted: frozenset[Request] = frozenset()
    opted_out: bool = False
    claimed_after_opt_out: bool = False
    crashes_left: int = 2
    resets_left: int = 0

    def with_message(self, number: int, message: Message) -> "State":
        return replace(self, messages=(*self.messages[:number], message, *self.messages[number + 1 :]))

    def with_worker(self, number: int, worker: Worker) -> "State":
        """Move a worker. What nobody waits for any more is not kept."""
        workers = (*self.workers[:number], worker, *self.workers[number + 1 :])
        heard = frozenset(a for a in self.answers if any(w.waits_for(a.request) for w in workers))
        return replace(self, workers=workers, answers=heard)

    def provider_has(self, message: int) -> bool:
        return any(request.message == message for request in self.accepted)

    def is_quiet(self, message: int) -> bool:
        """Whether no earlier request can still arrive and no worker can still write one: what a horizon is waited for."""
        busy = any(w.place in (Place.CLAIMED, Place.WAITING) and w.message == message for w in self.workers)
        return not busy and not any(request.message == message for request in self.requests)


def with_evidence(message: Message, fence: int, outcome: AttemptOutcome, *, may_repeat: bool = False) -> Message:
    """Apply one finding about one attempt: what proves acceptance wins, and a finding about an old attempt moves nothing."""
    known = message.attempts[fence - 1]
    newest = fence == message.fence
    told = message.with_outcome(fence, outcome)
    match outcome:
        case AttemptOutcome.ACCEPTED:
            others = replace(message, attempts=(*message.attempts[: fence - 1], *message.attempts[fence:]))
            # A second live attempt would be a duplicate; it becomes a person's task and changes no row.
            return message if others.has_live_attempt else replace(told, state=MessageState.ACCEPTED)
        case AttemptOutcome.NOT_ACCEPTED if known in (None, AttemptOutcome.UNKNOWN):
            after = MessageState.READY if may_repeat else MessageState.REFUSED
            return replace(told, state=after) if newest and message.state in IN_DOUBT else told
        case AttemptOutcome.UNKNOWN if known is None:
            dispatching = newest and message.state is MessageState.DISPATCHING
            return replace(told, state=MessageState.UNKNOWN) if dispatching else told
    return message
