"""Reactions to one of our messages (tapbacks). They quote our text, with its "Reply STOP", so they are known by their form.

A reaction is a short beginning made of nothing but the words of reactions and emoji, and a quotation that ends the message.
"""

import re
import unicodedata

from models.reply_rules.patterns import vocabulary
from models.reply_rules.revocation import revocation

_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb\u2033'
_QUOTING = re.compile(rf"(?P<before>[^{_MARKS}]{{1,80}})[{_MARKS}](?P<quoted>.*)[{_MARKS}][\s.]*", re.DOTALL)
_AGAIN = re.compile(rf"[{_MARKS}](?P<outside>[^{_MARKS}]*)[{_MARKS}]")
_VERBS = vocabulary(
    "liked loved disliked laughed emphasized emphasised questioned reacted removed hearted le gusto gusta gustado",
    "encanto encanta encantado rio reacciono reaccionado marco marcado destaco destacado enfatizo enfatizado",
    "cuestiono cuestionado elimino eliminado quito quitado disgusto interrogo exclamo subrayo risa anadio agrego",
)
_OTHERS = vocabulary(
    "a an at with to from like heart dislike laugh exclamation question mark point reaction haha thumbs up down",
    "their the emphasis tu su la las lo los les me se ha no con como favorito favorita un una el de del dio en",
    "corazon signo admiracion interrogacion exclamacion reaccion pulgar arriba abajo mensaje que por ja jaja y al",
)
_THINGS = re.compile(
    r"(?:\b(?:an?|the|your|una?|el|la|tu|su)\s+)?\b(?:image|message|photo|picture|video|movie|attachment|sticker|gif"
    r"|link|location"
    r"|audio message|voice message|imagen|foto|mensaje(?: de voz)?|video|archivo|adjunto|enlace|audio"
    r"|ubicacion)\b[\s.]*"
)
_NAMED = re.compile(r"a [A-Z]\w+ (?=le\b)", re.IGNORECASE)


def is_reaction(text: str) -> bool:
    """Return whether a message is a reaction and nothing else."""
    text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf").strip()
    found = _QUOTING.fullmatch(text)
    if found:
        return _is_lead_in(found["before"]) and not _speaks_between(found["quoted"])
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if unicodedata.category(c) != "Mn")
    thing = _THINGS.search(plain)
    return thing is not None and thing.end() == len(plain) and _is_lead_in(plain[: thing.start()])


def _is_lead_in(before: str) -> bool:
    plain = "".join(c for c in unicodedata.normalize("NFKD", before).casefold() if unicodedata.category(c) != "Mn")
    plain = _NAMED.sub("", plain.replace(":", " ").replace("+", " ").strip())
    words = re.findall(r"\w+", plain)
    emoji = any(unicodedata.category(c) in ("So", "Sk") for c in before)
    signs = re.sub(r"[\w\s]", "", plain)
    if any(unicodedata.category(c) not in ("So", "Sk", "Mn", "Me", "Sm", "Po") for c in signs):
        return False
    if not all(word in _VERBS or word in _OTHERS for word in words):
        return False
    return any(word in _VERBS for word in words) or (emoji and bool(words) and words[-1] in ("to", "a"))


def _speaks_between(quoted: str) -> bool:
    """Return whether a quotation ends early, and what follows it in the person's own words revokes."""
    return any(revocation(found["outside"]) for found in _AGAIN.finditer(quoted))
