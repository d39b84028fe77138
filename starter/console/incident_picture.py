"""How an incident moves, drawn: where it has been, where it stands, where it may go; lying, and standing for phones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.incidents.states import IncidentState

LYING, STANDING = (940, 150), (320, 352)
"""Width and height of the two drawings, in their own units."""
_BOX = 148, 46
_WAY = (
    IncidentState.DRAFT,
    IncidentState.INVESTIGATING,
    IncidentState.IDENTIFIED,
    IncidentState.MONITORING,
    IncidentState.RESOLVED,
)


@dataclass(frozen=True, slots=True)
class Box:
    """One state. `kind` is a class of the style sheet: `now`, `been` or `ahead`."""

    state: IncidentState
    kind: str
    x: int
    y: int
    at: datetime | None
    """When it was first reached."""

    @property
    def label(self) -> str:
        """What is written in it."""
        return self.state.value.capitalize()


@dataclass(frozen=True, slots=True)
class Drawing:
    """The boxes of one drawing with the arrows between them; `back` is the way back to investigating."""

    width: int
    height: int
    boxes: list[Box]
    arrows: list[str]
    """Paths."""
    back: str
    box_width: int = _BOX[0]
    box_height: int = _BOX[1]


def drawings(now: IncidentState, reached: Mapping[IncidentState, datetime]) -> tuple[Drawing, Drawing]:
    """Return the lying and the standing drawing.

    Args:
        now: where it stands.
        reached: when each state was first reached; aware.
    """
    way = [IncidentState.DRAFT, IncidentState.CANCELLED] if now is IncidentState.CANCELLED else list(_WAY)
    return _lying(way, now, reached), _standing(way, now, reached)


def _lying(way: list[IncidentState], now: IncidentState, reached: Mapping[IncidentState, datetime]) -> Drawing:
    width, height = LYING
    wide, high = _BOX
    gap = (width - 20 - wide * len(_WAY)) // (len(_WAY) - 1)
    boxes = [_box(state, now, reached, 10 + n * (wide + gap), 20) for n, state in enumerate(way)]
    arrows = [f"M{box.x + wide} {20 + high // 2}h{gap - 4}" for box in boxes[:-1]]
    first, last = 10 + wide + gap + wide // 2, 10 + 4 * (wide + gap) + wide // 2
    return Drawing(width, height, boxes, arrows, f"M{last} {20 + high}v42H{first}v-38" if len(way) > 2 else "")


def _standing(way: list[IncidentState], now: IncidentState, reached: Mapping[IncidentState, datetime]) -> Drawing:
    width, height = STANDING
    wide, high = _BOX
    gap = 26
    boxes = [_box(state, now, reached, 10, 10 + n * (high + gap)) for n, state in enumerate(way)]
    arrows = [f"M{10 + wide // 2} {box.y + high}v{gap - 4}" for box in boxes[:-1]]
    first, last = 10 + (high + gap) + high // 2, 10 + 4 * (high + gap) + high // 2
    return Drawing(width, height, boxes, arrows, f"M{10 + wide} {last}h34V{first}h-30" if len(way) > 2 else "")


def _box(state: IncidentState, now: IncidentState, reached: Mapping[IncidentState, datetime], x: int, y: int) -> Box:
    kind = "now" if state is now else "been" if state in reached else "ahead"
    return Box(state, kind, x, y, reached.get(state))
