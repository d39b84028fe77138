"""What nobody may promise without proof: results, rank, and figures that say not where they come from.

A deceptive claim is one that a reasonable reader would take as a promise: FTC Act section 5, 15 U.S.C. 45;
https://www.ftc.gov/business-guidance/advertising-marketing.
"""

import re
from collections.abc import Iterator

from models.wording.findings import FindingKind, Severity
from models.wording.reading import Reading
from models.wording.spotting import Spot, each
from models.wording.surroundings import Surroundings

_CLAIM = re.compile(
    r"\bguarant(?:y|ee)\w*|(?<!\w)#\s?1\b|\bnumber (?:one|1)\b|\bno\.? ?1\b|\b(?:best|top)[- ]?rated\b"
    r"|\bthe best\b(?! (?:time|day|date|hour|moment|way|number|address|place|person)\b)"
    r"|\b100 ?%|\b(?:100|one hundred) percent\b|\brisk[- ]free\b|\bno risk\b|\b(?:double|triple) your\b|\bproven\b"
    r"|\b(?:will|going to) (?:rank|increase|grow|double|get you)\b|\bfirst page of google\b|\bpage one\b"
    r"|\b(?:cheapest|fastest|lowest price)\b|\bgarantiza\w*|\bel mejor\b|\bsin riesgo\b",
    re.IGNORECASE,
)
FIGURE = re.compile(
    r"[$€£] ?\d(?:[\d,.]{0,20}\d)?(?: ?(?:k|m|million|thousand)\b)?"
    r"|(?<![\d.,])\d[\d,.]{0,20} ?(?:%|percent\b|por ciento\b|dollars?\b|(?:x|times) (?:more|as many|better|faster)\b)",
    re.IGNORECASE,
)


def claims(reading: Reading, surroundings: Surroundings) -> Iterator[Spot]:
    """Yield promises, superlatives, and figures that did not come from a typed slot with source, period and as-of."""
    advice = "Nobody can promise this. Reword it, or have it approved with its proof."
    sourced = _sourced(reading.text, surroundings.sourced_figures)
    for spot in each(_CLAIM, reading.text, FindingKind.CLAIM, Severity.NEEDS_APPROVAL, advice):
        # "+100%" from a slot is a figure, not a promise.
        if not any(start <= spot.start and spot.end <= end for start, end in sourced):
            yield spot
    for match in FIGURE.finditer(reading.text):
        if not any(start <= match.start() and match.end() <= end for start, end in sourced):
            advice = "Say where the figure comes from: put it in a slot with source, period and date."
            yield Spot(FindingKind.FIGURE_WITHOUT_SOURCE, Severity.NEEDS_APPROVAL, match.start(), match.end(), advice)


def _sourced(text: str, figures: tuple[str, ...]) -> list[tuple[int, int]]:
    patterns = (re.compile(rf"(?<![\d.,]){re.escape(figure)}(?!\d|[.,]\d)") for figure in figures if figure)
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]
