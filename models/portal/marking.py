"""Showing findings where they are: a text cut into stretches, each with what was found there."""

from collections.abc import Sequence

from models.frozen import Frozen
from models.wording.findings import Finding


class Stretch(Frozen):
    """Part of a text, and everything that was found in it."""

    text: str
    findings: tuple[Finding, ...] = ()


def marked(text: str, findings: Sequence[Finding]) -> list[Stretch]:
    """Cut a text where findings begin and end. Put together the stretches are the text again.

    Args:
        text: as the checks have read it, see `models.wording.reading`.
        findings: of this text; they may overlap.
    """
    cuts = {0, len(text)} | {min(edge, len(text)) for one in findings for edge in (one.start, one.end)}
    edges = sorted(cuts)
    return [
        Stretch(
            text=text[start:end],
            findings=tuple(one for one in findings if one.start < end and start < max(one.end, one.start + 1)),
        )
        for start, end in zip(edges, edges[1:], strict=False)
    ]
