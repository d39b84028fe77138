"""How a digest stands and what comes next, in sentences. Pure."""

from models.digests.travelling import DigestOutcome
from models.explaining.answers import Step
from models.terms import RunState

ENDS: dict[str, str] = {
    DigestOutcome.VIEWED: "the report was published, and somebody at the client has read it",
    DigestOutcome.UNREAD: "the report was published and nobody at the client has read it, a reminder included",
    DigestOutcome.NOBODY_RECEIVES: "the report was published, and nobody at the client receives reports",
    DigestOutcome.HELD_FOR_SOURCES: "a source that the report needs was missing for too long, so nothing was published",
}
GOES_ON: dict[RunState, str] = {
    RunState.REQUESTED: "it was asked for and has not begun",
    RunState.AWAITING_APPROVAL: "its draft waits for the owner's approval and the privacy review",
    RunState.SENDING: "it is being made, or people at the client are being told of it",
    RunState.AWAITING_REPLY: "it was published and waits until somebody at the client has read it",
    RunState.HELD: "it waits for its sources, or its messages are held",
    RunState.AWAITING_PERSON: "a source that it cannot do without is missing; a person must see to it",
    RunState.HANDING_OVER: "it is being taken back",
    RunState.CLOSED: "it has ended",
}
_NEXT: dict[RunState, tuple[str, str]] = {
    RunState.REQUESTED: ("A worker takes it up and reads its sources.", "the workflow"),
    RunState.AWAITING_APPROVAL: ("Both reviews are given, in either order; then it is published.", "two reviewers"),
    RunState.SENDING: ("People at the client get a message with a link.", "the workflow"),
    RunState.AWAITING_REPLY: (
        "Somebody reads it; after five business days there is one reminder, and the account manager is told.",
        "the client",
    ),
    RunState.HELD: ("It looks again by itself, and goes on at its latest day with what must be said.", "the workflow"),
    RunState.AWAITING_PERSON: ("The missing source is connected; then it goes on by itself.", "the owner"),
}


def course_of(state: RunState) -> list[Step]:
    """Return what comes next in a digest that goes on."""
    what, who = _NEXT.get(state, ("It comes to its end.", "the workflow"))
    return [Step(what=what, who=who)]
