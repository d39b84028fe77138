"""How many SMS segments a text takes.

GSM-7: 160 characters in one, else 153 each; UCS-2 (counted in UTF-16 units): 70 in one, else 67 each. A character that
takes two places never straddles two segments. Source: https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

from collections.abc import Iterable

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


def segments(body: str) -> int:
    """The number of segments, at least 1."""
    if all(char in GSM_BASIC or char in GSM_EXTENDED for char in body):
        return _parts((2 if char in GSM_EXTENDED else 1 for char in body), single=160, each=153)
    return _parts((2 if ord(char) > 0xFFFF else 1 for char in body), single=70, each=67)


def _parts(widths: Iterable[int], *, single: int, each: int) -> int:
    sizes = list(widths)
    if sum(sizes) <= single:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return parts
