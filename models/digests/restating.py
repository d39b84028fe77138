"""Figures that a client has been shown and that their source has changed since. They are told, never silently replaced."""

from collections.abc import Iterable

from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import Figure
from models.frozen import Frozen


class Restatement(Frozen):
    """One figure, as it was shown and as it is now."""

    shown: Figure
    now: Figure

    @property
    def caveat(self) -> Caveat:
        """The sentence that tells it."""
        return Caveat(
            code=CaveatCode.RESTATED,
            particulars={
                "label": self.now.label,
                "period": self.now.period.in_words,
                "before": self.shown.shown,
                "now": self.now.shown,
            },
        )


def identity(figure: Figure) -> tuple[str, str, str]:
    """Return what makes two readings readings of one figure: key, source and basis. Periods are compared beside it."""
    return figure.key, figure.source, figure.basis


def restated(shown: Iterable[Figure], now: Iterable[Figure]) -> tuple[Restatement, ...]:
    """Return what a client reads differently now than it was shown, of periods that begin on the same day.

    What would be shown alike is no change: a position that moved in its fourth decimal is nobody's news. A figure that was
    shown of a part of its period, because the source was behind, is restated of the whole.
    """
    fresh = {(*identity(figure), figure.period.first): figure for figure in now}
    pairs = ((figure, fresh.get((*identity(figure), figure.period.first))) for figure in shown)
    return tuple(Restatement(shown=old, now=new) for old, new in pairs if new is not None and new.shown != old.shown)
