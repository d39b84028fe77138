"""What a person wrote back, read by fixed rules: the same words always give the same label, and the reason is readable.

Revocation words and "any reasonable means": 47 CFR 64.1200(a)(10). Keywords that Twilio itself acts on:
https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out. In doubt the rules lean towards silence.
"""

import re
import unicodedata
from enum import StrEnum

from models import reply_patterns as patterns


class ReplyLabel(StrEnum):
    """What a reply says."""

    OPT_OUT = "opt_out"
    POSSIBLE_OPT_OUT = "possible_opt_out"
    HELP = "help"
    OPT_IN = "opt_in"
    WRONG_NUMBER = "wrong_number"
    LEGAL = "legal"
    COMPLAINT = "complaint"
    RESCHEDULE = "reschedule"
    NOT_INTERESTED = "not_interested"
    ALREADY_HIRED = "already_hired"
    BOOKING = "booking"
    PRICE = "price"
    AFFIRMATIVE = "affirmative"
    AUTO_REPLY = "auto_reply"
    REACTION = "reaction"
    UNCLEAR = "unclear"


class ReplyEffect(StrEnum):
    """What a reply does to the automation."""

    OPTS_OUT = "opts_out"
    """Suppress the address for this client at once and end every run that uses it."""
    HELD_FOR_PERSON = "held_for_person"
    """Send nothing more to the address until a person has decided what was meant."""
    HELP = "help"
    """The provider answers HELP itself; nothing else changes."""
    RESUBSCRIBES = "resubscribes"
    """A new consent event that follows an opt-out."""
    ENDS_AUTOMATION = "ends_automation"
    """The run ends and a person takes over."""
    IGNORED = "ignored"
    """Recorded, with no effect: a machine wrote it, or it only quotes our own text."""


_EFFECTS = {
    ReplyLabel.OPT_OUT: ReplyEffect.OPTS_OUT,
    ReplyLabel.WRONG_NUMBER: ReplyEffect.OPTS_OUT,
    ReplyLabel.POSSIBLE_OPT_OUT: ReplyEffect.HELD_FOR_PERSON,
    ReplyLabel.LEGAL: ReplyEffect.HELD_FOR_PERSON,
    ReplyLabel.HELP: ReplyEffect.HELP,
    ReplyLabel.OPT_IN: ReplyEffect.RESUBSCRIBES,
    ReplyLabel.AUTO_REPLY: ReplyEffect.IGNORED,
    ReplyLabel.REACTION: ReplyEffect.IGNORED,
}

_PROVIDER_VERDICTS = {"STOP": ReplyLabel.OPT_OUT, "START": ReplyLabel.OPT_IN, "HELP": ReplyLabel.HELP}

# First match wins, so the order is part of the rules.
_MEANINGS = (
    (ReplyLabel.AUTO_REPLY, patterns.AUTO_REPLY),
    (ReplyLabel.WRONG_NUMBER, patterns.WRONG_NUMBER),
    (ReplyLabel.LEGAL, patterns.LEGAL),
    (ReplyLabel.RESCHEDULE, patterns.RESCHEDULE),
    (ReplyLabel.COMPLAINT, patterns.COMPLAINT),
    (ReplyLabel.ALREADY_HIRED, patterns.ALREADY_HIRED),
    (ReplyLabel.NOT_INTERESTED, patterns.NOT_INTERESTED),
    (ReplyLabel.BOOKING, patterns.BOOKING),
    (ReplyLabel.PRICE, patterns.PRICE),
    (ReplyLabel.AFFIRMATIVE, patterns.AFFIRMATIVE),
)

_SHORT = 5
"""Words up to which a message that holds a stop word is taken as an opt-out without a person looking."""


def classify(
    text: str, opt_out_type: str | None = None, *, opted_out: bool = False, automatic: bool = False
) -> ReplyLabel:
    """Return what a reply says.

    Args:
        text: The words the person wrote; for email without the quoted part and the footer.
        opt_out_type: Twilio's own verdict (`STOP`, `START`, `HELP`) where Advanced Opt-Out is on. It decides.
        opted_out: The address is opted out now. Only then does a bare "yes" ask for messages again.
        automatic: The email's headers say that a machine sent it (RFC 3834).
    """
    if opt_out_type in _PROVIDER_VERDICTS:
        return _PROVIDER_VERDICTS[opt_out_type]
    if patterns.REACTION.fullmatch(text):
        return ReplyLabel.REACTION  # before all else: it quotes our own "Reply STOP to opt out"
    words = _normalised(text)
    if words in patterns.HELP_WORDS:
        return ReplyLabel.HELP
    if words in patterns.START_WORDS or (opted_out and words == "yes"):
        return ReplyLabel.OPT_IN
    return _revocation(words) or (ReplyLabel.AUTO_REPLY if automatic else _meaning(text, words))


def effect(label: ReplyLabel) -> ReplyEffect:
    """Return what a reply does. Every reply of a person at least ends the automation it answers."""
    return _EFFECTS.get(label, ReplyEffect.ENDS_AUTOMATION)


def _normalised(text: str) -> str:
    letters = (c for c in unicodedata.normalize("NFKD", text).casefold() if unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join(re.sub(r"[\W_]+", " ", re.sub("['\u2019\u02bc`]", "", "".join(letters))).split())


def _revocation(words: str) -> ReplyLabel | None:
    if words in patterns.STOP_WORDS:
        return ReplyLabel.OPT_OUT
    of_the_job = patterns.SPEAKS_OF_THE_JOB.search(words)
    if patterns.REVOKES.search(words):
        if not of_the_job:
            return ReplyLabel.OPT_OUT
        if patterns.ABOUT_US.search(words):
            return ReplyLabel.POSSIBLE_OPT_OUT
    short = words.count(" ") < _SHORT
    if not of_the_job and patterns.STOP_WORD_INSIDE.search(words):
        return ReplyLabel.OPT_OUT if short else ReplyLabel.POSSIBLE_OPT_OUT
    if re.fullmatch(r"(?:\w )+\w", words) and words.replace(" ", "") in patterns.STOP_WORDS:
        return ReplyLabel.OPT_OUT
    misspelt = len(words) > 3 and any(_one_slip(words, word) for word in ("stop", "unsubscribe", "cancel", "optout"))
    if misspelt or (short and not of_the_job and patterns.MAY_REVOKE.search(words)):
        return ReplyLabel.POSSIBLE_OPT_OUT
    return None


def _meaning(text: str, words: str) -> ReplyLabel:
    if patterns.NOT_THAT_PERSON.search(text) and not re.search(r"\bnot (?:interested|sure|happy)\b", words):
        return ReplyLabel.WRONG_NUMBER
    if patterns.AWAY.search(words) and not patterns.ASKS_SOMETHING.search(words):
        return ReplyLabel.AUTO_REPLY
    return next((label for label, pattern in _MEANINGS if pattern.search(words)), ReplyLabel.UNCLEAR)


def _one_slip(written: str, meant: str) -> bool:
    """Return whether one letter was added, dropped, changed or swapped with its neighbour."""
    if abs(len(written) - len(meant)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(written, meant, strict=False)) if a != b), len(meant))
    rest, wanted = written[at:], meant[at:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (rest[1:], swapped) or rest[1:] == wanted[1:] or rest == wanted[1:]
