"""Which consent events of an address decide, for showing them. Whether a message may leave is the claim's to say. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.explaining.phrases import Row, at, people_of_opt_out, rung, sentence, words
from models.terms import ConsentKind, ConsentStatus, OptOutScope


@dataclass(frozen=True, slots=True)
class Standing:
    """The events of an address that count: each None if there is none, or a later one has undone it."""

    opt_out: Row | None
    opted_in_again: Row | None
    """What undid an earlier opt-out."""
    granted: Row | None
    """The grant of the highest rung that stands."""
    held: Row | None
    """A reply that may be an opt-out, not yet read by a person."""


def standing(events: Sequence[Row], reopening: Collection[str]) -> Standing:
    """Return what counts among the events of one address, oldest first. `reopening`: sources that undo an opt-out."""
    revoked = _newest(events, ConsentStatus.REVOKED)
    reopened = _newest([event for event in events if event["source"] in reopening], ConsentStatus.GRANTED)
    held = _newest(events, ConsentStatus.HELD)
    since = _id(revoked)
    grants = [event for event in events if event["status"] == ConsentStatus.GRANTED and event["id"] > since]
    answered = max(since, _id(_newest(events, ConsentStatus.RELEASED)))
    undone = revoked is not None and _id(reopened) > since
    return Standing(
        opt_out=None if undone else revoked,
        opted_in_again=reopened if undone else None,
        granted=max(grants, key=lambda event: event["kind"], default=None),
        held=held if _id(held) > answered else None,
    )


def address_in_words(stands: Standing, channel: str) -> str:
    """Return what an address permits now."""
    if stands.opt_out:
        return sentence(f"nothing may be sent by {channel}: {people_of_opt_out(stands.opt_out)}")
    if stands.held:
        return f"Nothing is sent by {channel} until a person has read the reply of {at(stands.held['at'])}."
    if stands.granted is None:
        return f"Nothing may be sent by {channel}: no permission stands."
    given = stands.granted
    below = "" if given["kind"] == ConsentKind.CONVERSATIONAL else " and whatever needs less"
    name = rung(given["kind"])
    return sentence(f"{name} messages{below} may be sent by {channel} ({words(given['source'])} at {at(given['at'])})")


def event_in_words(event: Row) -> str:
    """Return what one consent event says."""
    source = f"source: {words(event['source'])}, by {event['actor']}"
    match ConsentStatus(event["status"]):
        case ConsentStatus.GRANTED:
            return f"Permission for {rung(event['kind'])} messages ({source})."
        case ConsentStatus.REVOKED:
            scope = " from every channel of the brand" if event.get("scope") == OptOutScope.BRAND else ""
            return f"Opt-out{scope} ({source})."
        case ConsentStatus.HELD:
            return f"A reply may be an opt-out; a person must read it ({source})."
        case ConsentStatus.RELEASED:
            return f"It was no opt-out after all ({source})."


def _newest(events: Sequence[Row], status: ConsentStatus) -> Row | None:
    return next((event for event in reversed(events) if event["status"] == status), None)


def _id(event: Row | None) -> int:
    return event["id"] if event else 0
