"""How the name of a business is found in a text.

A name of one word counts only as it is spelled or in capitals, because it may be a word of the language: a client called
"Comfort" must not keep others from writing "for your comfort". Legal forms are left out: nobody writes them.
"""

import re
from functools import lru_cache

SHORTEST = 4
"""A name of fewer characters is in too many words to mean anything."""
_LEGAL_FORM = re.compile(r",? (?:llc|l\.l\.c\.|inc|corp|co|ltd|lp|llp|pllc|pc)\.?$", re.IGNORECASE)
_SPACE = r"\s+"


@lru_cache(maxsize=256)
def any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of the names; nothing, if there are none."""
    called = {_LEGAL_FORM.sub("", " ".join(name.split())) for name in names}
    known = sorted((name for name in called if len(name) >= SHORTEST), key=lambda name: (-len(name), name))
    if not known:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_spelled, known))})(?!\w)")


def _spelled(name: str) -> str:
    words = [re.escape(word) for word in name.split()]
    if len(words) > 1:
        return f"(?i:{_SPACE.join(words)})"
    return f"(?:{words[0]}|{re.escape(name.upper())})"
