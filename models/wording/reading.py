"""A text as its recipient sees it, so that no check can be walked past with look-alike or invisible characters."""

import html
import re
import unicodedata
from urllib.parse import unquote

from models.frozen import Frozen

MAX_CHARACTERS = 20_000
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_LOOKALIKE_PUNCTUATION = str.maketrans(
    "\u2018\u2019\u201c\u201d\u2010\u2011\u2012\u2013\u2212\u00a0\u202f", "''\"\"-----  "
)
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_TELLING = frozenset("\u200b\u202a\u202b\u202d\u202e\u2060\u2066\u2067\u2068\ufeff")
"""Invisible characters with no business in a message; a joiner inside an emoji is none of them."""


class Reading(Frozen):
    """One part of a message, made readable.

    `text` is compatibility-normalised, without invisible characters, with HTML entities and URL escapes decoded once, and
    cut to 20,000 characters.
    """

    part: str
    text: str
    is_cut: bool
    hides_something: bool


def read(part: str, written: str) -> Reading:
    """Return what a recipient sees of `written`. Never raises."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", written[: 2 * MAX_CHARACTERS]))
    plain = html.unescape(visible.translate(_LOOKALIKE_PUNCTUATION))
    decoded = _ENCODED.sub(lambda escaped: unquote(escaped.group(), errors="replace"), plain)
    return Reading(
        part=part,
        text=decoded[:MAX_CHARACTERS],
        is_cut=len(written) > 2 * MAX_CHARACTERS or len(decoded) > MAX_CHARACTERS,
        hides_something=any(character in _TELLING for character in written),
    )
