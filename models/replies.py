"""What a person wrote back, read by fixed rules: the same words always give the same label, and the reason is readable.

Revocation words and "any reasonable means": 47 CFR 64.1200(a)(10). Keywords that Twilio itself acts on:
https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out. In doubt the rules lean towards silence.
"""

from enum import StrEnum

from models.reply_rules import meanings
from models.reply_rules.auto_replies import is_auto_reply
from models.reply_rules.reactions import is_reaction
from models.reply_rules.revocation import Revocation, revocation
from models.reply_rules.wording import normalised


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
    NEGATIVE = "negative"
    AUTO_REPLY = "auto_reply"
    REACTION = "reaction"
    UNCLEAR = "unclear"


class ReplyEffect(StrEnum):
    """What a reply does to the automation."""

    OPTS_OUT = "opts_out"
    """Suppress the address for this client at once and end every run that uses it."""
    HELD_FOR_PERSON = "held_for_person"
    """Send nothing more to the address until a person has decided what was meant."""
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
    ReplyLabel.OPT_IN: ReplyEffect.RESUBSCRIBES,
    ReplyLabel.AUTO_REPLY: ReplyEffect.IGNORED,
    ReplyLabel.REACTION: ReplyEffect.IGNORED,
}

_PROVIDER_VERDICTS = {"STOP": ReplyLabel.OPT_OUT, "START": ReplyLabel.OPT_IN, "HELP": ReplyLabel.HELP}

# First match wins, so the order is part of the rules.
_MEANINGS = (
    (ReplyLabel.WRONG_NUMBER, meanings.WRONG_NUMBER),
    (ReplyLabel.LEGAL, meanings.LEGAL),
    (ReplyLabel.RESCHEDULE, meanings.RESCHEDULE),
    (ReplyLabel.COMPLAINT, meanings.COMPLAINT),
    (ReplyLabel.ALREADY_HIRED, meanings.ALREADY_HIRED),
    (ReplyLabel.NOT_INTERESTED, meanings.NOT_INTERESTED),
    (ReplyLabel.AFFIRMATIVE, meanings.AFFIRMATIVE),
    (ReplyLabel.NEGATIVE, meanings.NEGATIVE),
    (ReplyLabel.PRICE, meanings.PRICE),
    (ReplyLabel.BOOKING, meanings.BOOKING),
)
_HELP_WORDS = frozenset({"help", "info", "ayuda"})
_START_WORDS = frozenset({"start", "unstop", "comenzar", "empezar"})
_YES = frozenset({"yes", "si"})


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
    if is_reaction(text):
        return ReplyLabel.REACTION  # before all else: it quotes our own "Reply STOP to opt out"
    words = normalised(text)
    if words in _HELP_WORDS:
        return ReplyLabel.HELP
    if words in _START_WORDS or (opted_out and words in _YES):
        return ReplyLabel.OPT_IN
    match revocation(text):
        case Revocation.CERTAIN:
            return ReplyLabel.OPT_OUT
        case Revocation.POSSIBLE:
            return ReplyLabel.POSSIBLE_OPT_OUT
        case None:
            return ReplyLabel.AUTO_REPLY if automatic or is_auto_reply(words) else _meaning(text, words)


def effect(label: ReplyLabel) -> ReplyEffect:
    """Return what a reply does. Every reply of a person at least ends the automation it answers."""
    return _EFFECTS.get(label, ReplyEffect.ENDS_AUTOMATION)


def _meaning(text: str, words: str) -> ReplyLabel:
    if meanings.NOT_THAT_PERSON.search(text) or meanings.NOT_THAT_NAME.search(words):
        return ReplyLabel.WRONG_NUMBER
    keeps = meanings.NO_CANCELLING.search(words) is not None
    return next(
        (
            label
            for label, pattern in _MEANINGS
            if pattern.search(words) and not (keeps and label is ReplyLabel.RESCHEDULE)
        ),
        ReplyLabel.UNCLEAR,
    )
