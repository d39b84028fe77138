"""One bar in parts, drawn as SVG: what a resume would do, and how far a drain has come."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 44
NARROWEST = 8.0
"""No part vanishes, however few it is."""
_TONES = {
    "will_send": "good",
    "sent": "good",
    "waiting": "info",
    "expired": "bad",
    "expired_meanwhile": "bad",
    "opted_out": "bad",
    "no_consent": "bad",
    "not_approved": "warn",
    "quiet_hours": "warn",
    "paused": "warn",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar. `x` and `width` in the bar's own units; `tone` is a class of the style sheet."""

    code: str
    count: int
    x: float
    width: float
    tone: str


def parts(counts: Mapping[str, int]) -> list[Part]:
    """Return the parts of a bar that fills its width, in the order of `counts`; nothing of what is zero."""
    shown = {code: count for code, count in counts.items() if count}
    total = sum(shown.values())
    widths = {code: max(count / total * WIDTH, NARROWEST) for code, count in shown.items()}
    shrunk = WIDTH / sum(widths.values()) if widths else 0.0
    made, x = [], 0.0
    for code, count in shown.items():
        width = widths[code] * shrunk
        made.append(Part(code, count, round(x, 1), round(width, 1), _TONES.get(code, "quiet")))
        x += width
    return made
