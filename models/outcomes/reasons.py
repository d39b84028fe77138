"""What CRMs write as the reason of a loss, in our own few reasons. Their texts are free; ours are counted."""

import re

from models.terms import LostReason

_WORDS = (
    (LostReason.DUPLICATE, r"duplicate"),
    (LostReason.SPAM, r"spam|junk|\bbot\b|test"),
    (LostReason.WRONG_NUMBER, r"wrong (?:number|person|contact)|bad (?:number|data)"),
    (LostReason.OPTED_OUT, r"opt(?:ed)?[ -]?out|unsubscrib|do not contact"),
    (LostReason.UNREACHABLE, r"unreachable|could ?n.?t reach|cannot reach|not reached"),
    (LostReason.NO_RESPONSE, r"no (?:response|answer|reply)|ghost|unresponsive|went (?:dark|cold)"),
    (LostReason.OUT_OF_AREA, r"\barea\b|too far|location|distance"),
    (
        LostReason.NOT_OUR_SERVICE,
        r"not (?:our|a) service|do(?:es)? ?n.?t (?:offer|do)|service not offered|no fit|not a fit",
    ),
    (LostReason.HIRED_OTHER, r"competitor|hired|someone else|other (?:company|provider)|went with"),
    (LostReason.PRICE, r"price|cost|expensive|budget|afford"),
    (LostReason.NOT_INTERESTED, r"not interested|no interest|changed (?:their )?mind|no longer|cancel"),
)
_FIRST = [(reason, re.compile(pattern, re.IGNORECASE)) for reason, pattern in _WORDS]


def lost_reason_of(written: str) -> LostReason:
    """Return our reason for a CRM's: one of our own words, else by its first known words, else `other`.

    The CRM's text is not kept beside it: it may name people.
    """
    plain = written.strip().lower().replace(" ", "_")
    if plain in set(LostReason):
        return LostReason(plain)
    return next((reason for reason, words in _FIRST if words.search(written)), LostReason.OTHER)
