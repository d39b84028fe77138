"""Where a moment lies in the picture: a second and a week must both be seen, so that a gap grows with its logarithm."""

import math
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

_FOR_ITSELF = 10.0
_PER_DOUBLING = 9.0
_MINUTE = timedelta(minutes=1)


class Scale:
    """Places moments along the picture, in units of the drawing.

    Args:
        moments: those that shall have a place of their own, aware, in any order; at least one.
        shortest: length of the picture if little has happened.
        longest: the length that it never exceeds, however much has happened.
    """

    def __init__(self, moments: Iterable[datetime], shortest: float, longest: float) -> None:
        self._moments = sorted(set(moments))
        places = [0.0]
        for before, after in zip(self._moments, self._moments[1:], strict=False):
            places.append(places[-1] + _FOR_ITSELF + _PER_DOUBLING * math.log2(1 + (after - before) / _MINUTE))
        natural = places[-1]
        self.length = min(max(natural, shortest), longest)
        stretch = self.length / natural if natural else 0.0
        self._places = [place * stretch for place in places]

    def at(self, moment: datetime) -> float:
        """Return where a moment lies, between 0 and `length`; one between two places is proportionally between them."""
        following = bisect_right(self._moments, moment)
        if following == 0:
            return 0.0
        if following == len(self._moments):
            return self._places[-1]
        before, after = self._moments[following - 1], self._moments[following]
        share = (moment - before) / (after - before)
        return self._places[following - 1] + share * (self._places[following] - self._places[following - 1])

    @property
    def moments(self) -> list[datetime]:
        """The moments that have a place of their own, oldest first."""
        return self._moments
