"""What a reply did, in words. Pure."""

from models.explaining.phrases import Row, at, words
from models.replies import ReplyEffect, ReplyLabel, effect

EFFECTS: dict[ReplyEffect, str] = {
    ReplyEffect.OPTS_OUT: "the address was opted out, and every run that writes to it ends",
    ReplyEffect.HELD_FOR_PERSON: "nothing more is sent to the address until a person has read it",
    ReplyEffect.RESUBSCRIBES: "the person may be written to again",
    ReplyEffect.ENDS_AUTOMATION: "the automation ended, and a person answers",
    ReplyEffect.IGNORED: "it was kept, and nothing changed",
}


def effect_of(reply: Row) -> ReplyEffect:
    """Return what a reply does."""
    return effect(ReplyLabel(reply["label"]))


def reply_in_words(reply: Row) -> str:
    """Return what a reply was read as, and what it did."""
    return f"Read as “{words(reply['label'])}” at {at(reply['at'])}: {EFFECTS[effect_of(reply)]}."
