"""What a picture of a run is made of: places along time, lane numbers, and how both become pixels."""

from dataclasses import dataclass
from enum import StrEnum

from starter.console.picture.lanes import Lane, Look


class Direction(StrEnum):
    """Where time goes."""

    ACROSS = "across"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Room:
    """How much room a direction gives, in CSS pixels.

    A lane is at most `lane` broad, and all of them together `across`. `before` is the margin for their names or the hours;
    marks of one lane that are not `apart` are folded.
    """

    shortest: float
    longest: float
    lane: float
    across: float
    before: float
    apart: float


ROOMS = {
    Direction.ACROSS: Room(shortest=720, longest=900, lane=34, across=340, before=96, apart=17),
    Direction.DOWN: Room(shortest=260, longest=1500, lane=48, across=236, before=68, apart=19),
}
_BESIDE = 40.0
"""For the days on one side, and for the hours on the other."""
AHEAD = 116.0
"""From now to what is next."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One event, or several folded into one (`count`). `about` is the id of the first, by which it is linked."""

    along: float
    lane: int
    look: Look
    about: int
    count: int
    in_words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as it is drawn. `row` keeps bars of one lane that run side by side apart: 0, 1 or 2."""

    start: float
    end: float
    lane: int
    row: int
    look: Look
    about: int
    is_open: bool
    in_words: str
    is_spoken: bool
    """Whether its words have room beside it."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place along the picture: a day or an hour."""

    along: float
    text: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A line from an undo to the mark that it is about."""

    undo: tuple[float, int]
    step: tuple[float, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn. Places along the picture and lane numbers; `x` and `y` turn them into pixels."""

    direction: Direction
    room: Room
    lanes: tuple[Lane, ...]
    length: float
    marks: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    days: tuple[Label, ...]
    hours: tuple[Label, ...]
    taken_back: tuple[TakenBack, ...]
    now: float | None
    ahead: Label | None

    @property
    def width(self) -> float:
        """Pixels."""
        along = self.reach if self.direction is Direction.ACROSS else self.breadth
        return self.room.before + along + _BESIDE - 8

    @property
    def height(self) -> float:
        """Pixels."""
        below = self.breadth + _BESIDE * 2
        return below if self.direction is Direction.ACROSS else self.reach + _BESIDE * 2 + 36

    @property
    def lane(self) -> float:
        """How broad a lane is."""
        return min(self.room.lane, self.room.across / max(len(self.lanes), 1))

    @property
    def reach(self) -> float:
        """How far the picture goes along time, with what is ahead."""
        return self.length + (AHEAD if self.now is not None else 0)

    @property
    def breadth(self) -> float:
        """Of all lanes together."""
        return len(self.lanes) * self.lane

    def x(self, along: float, lane: float) -> float:
        """Return where something lies from the left. `lane` is a number; a half one is its middle."""
        return round(self.room.before + (along if self.direction is Direction.ACROSS else lane * self.lane), 1)

    def y(self, along: float, lane: float) -> float:
        """Return where something lies from the top."""
        down = lane * self.lane if self.direction is Direction.ACROSS else along + 36
        return round(down + _BESIDE, 1)
