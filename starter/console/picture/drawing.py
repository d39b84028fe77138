"""One run as a picture: lanes, marks, spans, days, now and what is next. Pure: it says where everything lies.

Time goes from left to right, or from top to bottom on a phone. What lies too close to be told apart in a lane is folded into
one mark with a number; the list below the picture has every event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.compensation import PlannedUndo, UndoKind
from models.database.tables.records import Event
from models.event_kinds import EventKind
from models.explaining.answers import Step
from starter.console.picture.lanes import Lane, Look, place_of
from starter.console.picture.scale import Scale
from starter.console.picture.shapes import AHEAD, ROOMS, Bar, Direction, Label, Mark, Picture, TakenBack
from starter.console.picture.spans import Span, spans_of
from starter.words import happened

_BETWEEN_HOURS = 46.0
_PER_LETTER = 6.2
_SHORT = timedelta(minutes=20)
"""In less than this it takes seconds to tell moments apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the picture of a run is made of.

    Args:
        events: of the run, oldest first; at least one.
        to_contact: ids of the messages to its recipient; after one of those an answer is waited for.
        undos: the steps of its rollback plan.
        now: the moment of the database.
        ended_at: None while the run is open; then the picture goes up to now, and says what is next.
        following: what comes next, if it is known when.
    """

    events: Sequence[Event]
    to_contact: frozenset[UUID]
    undos: tuple[PlannedUndo, ...]
    now: datetime
    ended_at: datetime | None
    following: Step | None = None


def draw(told: Told, direction: Direction, zone: ZoneInfo) -> Picture:
    """Return the picture of a run, by the clock of a zone."""
    events, goes_on, room = told.events, told.ended_at is None, ROOMS[direction]
    spans = spans_of(events, told.to_contact, told.ended_at)
    lanes = _lanes(events, spans)
    moments = [_at(event) for event in events]
    scale = Scale([*moments, told.now] if goes_on else moments, room.shortest, room.longest)
    days = tuple(_days(scale, zone))
    return Picture(
        direction=direction,
        room=room,
        lanes=lanes,
        length=scale.length,
        marks=tuple(_marks(events, lanes, scale, room.apart)),
        bars=tuple(_bars(spans, lanes, scale, told.now)),
        days=days,
        hours=tuple(_hours(scale, zone, days if direction is Direction.DOWN else ())),
        taken_back=tuple(_taken_back(events, told.undos, lanes, scale)),
        now=scale.at(told.now) if goes_on else None,
        ahead=_ahead(scale.length, told.following, zone) if goes_on else None,
    )


def _lanes(events: Iterable[Event], spans: Iterable[Span]) -> tuple[Lane, ...]:
    used = {place_of(event.kind, event.reason).lane for event in events} | {span.lane for span in spans}
    return tuple(lane for lane in Lane if lane in used)


def _marks(events: Iterable[Event], lanes: Sequence[Lane], scale: Scale, apart: float) -> list[Mark]:
    """Return the marks, those too close to the one before in their lane folded into it; a bad one gives its look."""
    newest: dict[int, int] = {}
    marks: list[Mark] = []
    for event in events:
        lane, look = place_of(event.kind, event.reason)
        number, along, said = lanes.index(lane), scale.at(_at(event)), happened(event.kind, event.reason)
        last = newest.get(number)
        if last is not None and along - marks[last].along < apart:
            before = marks[last]
            worse = Look.BAD if Look.BAD in (look, before.look) else look
            words = before.in_words if before.count > 4 else f"{before.in_words}\n{said}"
            marks[last] = Mark(before.along, number, worse, before.about, before.count + 1, words)
        else:
            newest[number] = len(marks)
            marks.append(Mark(along, number, look, event.id or 0, 1, said))
    return marks


def _bars(spans: Iterable[Span], lanes: Sequence[Lane], scale: Scale, now: datetime) -> Iterable[Bar]:
    ends: dict[tuple[int, int], float] = {}
    for span in spans:
        number, start, end = lanes.index(span.lane), scale.at(span.since), scale.at(span.until or now)
        row = next((row for row in range(3) if ends.get((number, row), -1.0) <= start), 2)
        ends[number, row] = end
        has_room = span.lane is Lane.WAITS and row == 0 and end - start > _PER_LETTER * len(span.in_words)
        yield Bar(
            start=start,
            end=max(end - 3, start + 2),
            lane=number,
            row=row,
            look=span.look,
            about=span.event_id,
            is_open=span.until is None,
            in_words=span.in_words,
            is_spoken=has_room,
        )


def _days(scale: Scale, zone: ZoneInfo) -> Iterable[Label]:
    """Return the day of the first moment, and each later one where it is first seen."""
    seen = None
    for moment in scale.moments:
        local = moment.astimezone(zone)
        if local.date() != seen:
            yield Label(max(scale.at(moment) - (7 if seen else 0), 0), f"{local:%a} {local.day} {local:%b}")
            seen = local.date()


def _hours(scale: Scale, zone: ZoneInfo, beside: Iterable[Label]) -> Iterable[Label]:
    """Return the hours, apart from each other and from the days that stand beside them."""
    is_short = scale.moments[-1] - scale.moments[0] < _SHORT
    apart, clock = (_BETWEEN_HOURS * 1.4, "%H:%M:%S") if is_short else (_BETWEEN_HOURS, "%H:%M")
    last, said = -apart, ""
    days = [day.along for day in beside]
    for moment in scale.moments:
        along = scale.at(moment)
        if along - last >= apart and not any(-24 < along - day < 4 for day in days[1:]):
            last, before = along, said
            said = moment.astimezone(zone).strftime(clock)
            if said != before:
                yield Label(along, said)


def _taken_back(
    events: Sequence[Event], undos: Iterable[PlannedUndo], lanes: Sequence[Lane], scale: Scale
) -> Iterable[TakenBack]:
    about = {undo.step: undo for undo in undos}
    for event in events:
        undo = about.get(str(event.facts.get("step", ""))) if event.kind == EventKind.UNDONE else None
        step = next((found for found in events if undo and _is_step(found, undo)), None)
        if step is not None:
            yield TakenBack(_place(event, lanes, scale), _place(step, lanes, scale))


_DONE_BY = {
    UndoKind.SENT_MESSAGE: EventKind.MESSAGE_ACCEPTED,
    UndoKind.CRM_HANDOFF: EventKind.HANDED_OVER,
    UndoKind.PORTAL_POST: EventKind.POST_PUBLISHED,
    UndoKind.PAUSE: EventKind.PAUSED,
}


def _is_step(event: Event, undo: PlannedUndo) -> bool:
    """Whether this is where the step was done that is taken back."""
    if undo.kind not in set(UndoKind) or event.kind != _DONE_BY.get(UndoKind(undo.kind)):
        return False
    named = {str(event.message_id), str(event.facts.get("pause"))}
    return undo.kind in (UndoKind.CRM_HANDOFF, UndoKind.PORTAL_POST) or undo.about in named


def _place(event: Event, lanes: Sequence[Lane], scale: Scale) -> tuple[float, int]:
    return scale.at(_at(event)), lanes.index(place_of(event.kind, event.reason).lane)


def _ahead(length: float, following: Step | None, zone: ZoneInfo) -> Label | None:
    if following is None or following.at is None:
        return None
    local = following.at.astimezone(zone)
    return Label(length + AHEAD - 36, f"{local:%a} {local:%H:%M}")


def _at(event: Event) -> datetime:
    assert event.at is not None  # read from the database, which has filled it in
    return event.at
