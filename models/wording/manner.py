"""How it is said: not shouted, not too long, nothing hidden."""

import re
from collections.abc import Iterator

from models.plurals import counted
from models.segments import count
from models.terms import Channel
from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot
from models.wording.surroundings import Surroundings

MAX_SEGMENTS = 2
_WORD = re.compile(r"[^\W\d_]{4,}")
_FREE_TO_SHOUT = frozenset({"STOP", "HELP", "HVAC", "UNSUBSCRIBE"})


def manner(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield shouting and too much of it as warnings; what cannot be read or hides something is blocked."""
    text = reading.text
    words = _WORD.findall(text)
    loud = [word for word in words if word.isupper() and word not in _FREE_TO_SHOUT]
    if len(words) > 5 and len(loud) > 0.3 * len(words) or text.count("!") > 2:
        yield Spot(FindingKind.SHOUTING, Severity.WARN, 0, len(text), "Write it calmly: fewer capitals and `!`.")
    if reading.is_cut:
        yield Spot(FindingKind.TOO_LONG, Severity.BLOCK, 0, len(text), "Nobody reads this much. Shorten it.")
    if surroundings.channel is Channel.SMS and reading.part == "body" and count(text).segments > MAX_SEGMENTS:
        advice = f"It takes {counted(count(text).segments, 'segment')}; {MAX_SEGMENTS} are enough."
        yield Spot(FindingKind.TOO_LONG, Severity.WARN, 0, len(text), advice)
    if reading.hides_something:
        advice = "Write it anew: it holds characters that cannot be seen."
        yield Spot(FindingKind.HIDDEN_CHARACTERS, Severity.BLOCK, 0, len(text), advice)
