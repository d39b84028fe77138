"""The words of a reply in the one form that every rule sees: lower case, without accents, apostrophes and punctuation.

What people do to words on a phone is taken back here: ST0P, stooop, s.t.o.p, txtin, unsubcribe. A word is put right only
towards the words of a revocation, where a mistake leans towards silence.
"""

import re
import unicodedata

from models.reply_rules.spelling import put_right

_CLAUSE_ENDS = re.compile(r"[.!?;:,\n\u2026\u2014\u2013\u00a1\u00bf]+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_SPELT_OUT = re.compile(r"\b(?:\w[ .\-_*]+){2,}\w\b(?!\w)")
_ZERO_IN_WORD = re.compile(r"(?<=[^\W\d_])0(?=[^\W\d_])|(?<=[^\W\d_]{2})0\b")
_HASH = re.compile(r"#(?!\d)")
_LETTER_AGAIN = re.compile(r"([^\W\d_])\1{2,}")


def normalised(text: str) -> str:
    """Return the words of a text in their one form, with single spaces between them."""
    return " ".join(put_right(re.sub(r"[\W_]+", " ", _letters(text)).split()))


def clauses(text: str) -> list[str]:
    """Return the clauses of a text, each in the form of `normalised`; a dot or dash within a word ends none."""
    parts = (normalised(part) for part in _CLAUSE_ENDS.split(_letters(text)))
    return [part for part in parts if part]


def _letters(text: str) -> str:
    """Return a text without case, accents and emphasis, its punctuation kept."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("\U0001f6d1", " stop ")  # the sign
    kept = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf"))
    kept = _ZERO_IN_WORD.sub("o", _APOSTROPHES.sub("", _HASH.sub(" number ", kept)))
    return _SPELT_OUT.sub(_joined, _LETTER_AGAIN.sub(_once, kept))


def _once(found: re.Match[str]) -> str:
    return found.group(1)


def _joined(found: re.Match[str]) -> str:
    """Return a word that was spelt out letter by letter: s t o p, s.t.o.p, s-t-o-p."""
    letters = re.sub(r"[\W_]", "", found.group())
    return letters if letters.isalpha() else found.group()
