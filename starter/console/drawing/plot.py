"""A measure over time as a picture: where each figure stands, which gaps stay gaps, and what the axes say. Pure geometry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 10, 12, 28
"""Of the plot inside the picture, in its own units."""
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is told of one period. `value` is None where there are too few things to tell; `of` is 0 where there is nothing."""

    period: str
    value: float | None
    of: int
    said: str
    """The whole figure in words, for whoever points at it and for those who do not see the picture."""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of a measure: its figures from the first period to the last."""

    name: str
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Spot:
    """One figure in the picture. `is_few`: there were too few things, so that it stands on the axis and means no value."""

    x: float
    y: float
    said: str
    is_few: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line as it is drawn. It breaks where there is no figure."""

    name: str
    strokes: list[str] = field(default_factory=list)
    """Points of each unbroken stretch, as `polyline` takes them."""
    spots: list[Spot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plot:
    """The picture: lines, and what stands at the axes."""

    drawn: list[Drawn]
    levels: list[tuple[float, str]]
    """Height and words of each line across."""
    dates: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def plotted(lines: Sequence[Line], words: Callable[[float], str], top: float | None = None) -> Plot:
    """Lay lines of the same periods into a picture.

    Args:
        lines: at least one, each with a reading of every period.
        words: says a value at the axis.
        top: the highest value of the axis, if that is known: 1 for a share. Else a round one above every value.
    """
    known = [reading.value for line in lines for reading in line.readings if reading.value is not None]
    highest = top or round_above(max(known, default=0))
    # Where no value is told there is nothing that an axis could be scaled by.
    shares = (0.0, 0.5, 1.0) if known or top else (0.0,)
    periods = [reading.period for reading in lines[0].readings]
    return Plot(
        drawn=[_drawn(line, highest) for line in lines],
        levels=[(_y(share * highest, highest), words(share * highest)) for share in shares],
        dates=[(_x(place, len(periods)), periods[place]) for place in _told(len(periods))],
    )


def round_above(value: float) -> float:
    """Return a round number that is not below a value: 1, 2, 5 or 10 times a power of ten."""
    if value <= 0:
        return 1
    size = 10 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(step * size for step in _STEPS if step * size >= value)


def _drawn(line: Line, highest: float) -> Drawn:
    drawn, stretch = Drawn(line.name), []
    for place, reading in enumerate(line.readings):
        x = _x(place, len(line.readings))
        if reading.value is not None:
            y = _y(min(reading.value, highest), highest)
            stretch.append(f"{x:.1f},{y:.1f}")
            drawn.spots.append(Spot(x, y, reading.said))
            continue
        if reading.of:
            drawn.spots.append(Spot(x, _y(0, highest), reading.said, is_few=True))
        drawn.strokes.append(" ".join(stretch))
        stretch = []
    drawn.strokes.append(" ".join(stretch))
    drawn.strokes[:] = [stroke for stroke in drawn.strokes if " " in stroke]
    return drawn


def _x(place: int, of: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return LEFT + room / 2 if of == 1 else LEFT + 6 + (room - 12) * place / (of - 1)


def _y(value: float, highest: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / highest


def _told(of: int) -> list[int]:
    """Return which periods are named at the axis: the first, the last, one between if there is room."""
    return sorted({0, of - 1, *([of // 2] if of > 4 else [])}) if of else []
