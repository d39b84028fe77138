"""How a detector says what it has seen."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.surroundings import Surroundings


class Spot(NamedTuple):
    """One place in a reading that a detector objects to."""

    kind: FindingKind
    severity: Severity
    start: int
    end: int
    advice: str


Detector = Callable[[Reading, Surroundings], Iterator[Spot]]
"""Looks at one reading. Linear in its length; never raises."""


def each(pattern: re.Pattern[str], text: str, kind: FindingKind, severity: Severity, advice: str) -> Iterator[Spot]:
    """Yield a spot for every match of a pattern."""
    for match in pattern.finditer(text):
        yield Spot(kind, severity, match.start(), match.end(), advice)
