"""How many SMS segments a text costs.

GSM 03.38 alphabet: 160 characters in one segment, 153 in each of several. UCS-2, used as soon as one character is
outside it: 70 and 67 UTF-16 units (https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding).
"""

import unicodedata
from enum import StrEnum

from models.frozen import Frozen

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")

_CHEAPER = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u2032": "'",
    "`": "'",
    "\u00b4": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2033": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2015": "-",
    "\u2212": "-",
    "\u2026": "...",
    "\u2022": "*",
    "\u00a0": " ",
    "\u2007": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\t": " ",
    "\u200b": "",
    "\u200c": "",
    "\u2060": "",
    "\ufeff": "",
}
_UNDECOMPOSED = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "œ": "oe", "Œ": "OE"})
"""Letters outside the alphabet that Unicode does not take apart into a plain letter and its mark."""


class Encoding(StrEnum):
    """How the characters travel."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


class Segments(Frozen):
    """The cost of one text."""

    encoding: Encoding
    units: int
    """Septets in GSM-7, UTF-16 code units in UCS-2."""
    segments: int
    """What the provider bills; 0 for an empty text."""


class Replacement(Frozen):
    """One character that makes a text dearer and has an equal in the GSM alphabet."""

    at: int
    """Index of the character in the text."""
    found: str
    use: str


def count(text: str) -> Segments:
    """Return encoding, units and segments of `text` as carriers count them."""
    if all(c in _BASIC or c in _ESCAPED for c in text):
        return _fill(Encoding.GSM_7, [2 if c in _ESCAPED else 1 for c in text], alone=160, joined=153)
    return _fill(Encoding.UCS_2, [2 if ord(c) > 0xFFFF else 1 for c in text], alone=70, joined=67)


def replacements(text: str) -> tuple[Replacement, ...]:
    """Return every typographic character of `text` that a plain one could stand for, in order."""
    return tuple(Replacement(at=at, found=c, use=_CHEAPER[c]) for at, c in enumerate(text) if c in _CHEAPER)


def cheaper(text: str) -> str:
    """Return `text` with every such character replaced. Never more segments; repeating changes nothing."""
    replaced = "".join(_CHEAPER.get(c, c) for c in text)
    return replaced if count(replaced).segments <= count(text).segments else text


def plainer(text: str) -> str:
    """Return `text` with every character outside GSM-7 replaced by its plain equal: `’` by `'`, `í` by `i`, `ł` by `l`.

    What GSM-7 has (`é`, `ñ`, `ü`) and what has no equal in it stays. Repeating changes nothing.
    """
    return "".join(_plain(c) for c in unicodedata.normalize("NFC", text))


def _plain(character: str) -> str:
    if character in _BASIC or character in _ESCAPED:
        return character
    if character in _CHEAPER:
        return _CHEAPER[character]
    parts = unicodedata.normalize("NFKD", character.translate(_UNDECOMPOSED))
    folded = "".join(_CHEAPER.get(c, c) for c in parts if not unicodedata.combining(c))
    return folded if all(c in _BASIC for c in folded) else character


def _fill(encoding: Encoding, widths: list[int], *, alone: int, joined: int) -> Segments:
    """Lay characters into segments. A character of two units never straddles two of them."""
    units = sum(widths)
    if units <= alone:
        return Segments(encoding=encoding, units=units, segments=1 if units else 0)
    segments, used = 1, 0
    for width in widths:
        if used + width > joined:
            segments, used = segments + 1, 0
        used += width
    return Segments(encoding=encoding, units=units, segments=segments)
