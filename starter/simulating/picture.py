"""A timetable as a picture: days as columns, hours as rows, bands where a follow-up may leave, marks for what happens.

Plain SVG without style or script: presentation attributes that a style sheet may override by class. The same facts are in the
timetable, which is always beside it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.simulating.timetable import SimulatedMessage, Timetable, What
from starter.simulating.lines import calendar_of, ending, shown

HOUR, LEFT, TOP, BELOW, KEY_LINE = 11, 40, 46, 64, 14
NARROW, BROAD, AT_LEAST = 30, 96, 640
"""Columns share `AT_LEAST` between them, each within these bounds."""
BESIDE = 14
"""Between two marks that would lie on each other."""
_DAY = timedelta(days=1)
_MARKS = {What.COMES_IN: "reply", What.ENDS: "end"}
_COLOURS = {
    "paper": "#ffffff", "shut": "#ece9e1", "open": "#d3ecd9", "grid": "#d6d2c7", "text": "#33393d", "sent": "#0b5c6b",
    "late": "#b45309", "reply": "#6b3fa0", "end": "#1c2226", "change": "#98191c", "holiday": "#fbdcd9", "listens": "#9cc9d2",
}  # fmt: skip
_LEGEND = {
    "open": "may leave", "holiday": "shut all day", "sent": "message", "late": "due, but held",
    "listens": "waits for a reply", "reply": "comes in", "end": "end",
}.items()  # fmt: skip


class Key(NamedTuple):
    """One entry of the legend, and where it stands."""

    kind: str
    label: str
    line: int
    x: float


class Picture:
    """Draws one timetable in its lead's likeliest zone."""

    def __init__(self, table: Timetable) -> None:
        self._table = table
        self._zone = ZoneInfo(table.zones[0])
        first, last = (at.astimezone(self._zone).date() for at in (table.start, table.end))
        self._days = [first + n * _DAY for n in range((last - first).days + 1)]
        self._column = max(NARROW, min(BROAD, AT_LEAST // len(self._days)))
        self._width = LEFT + self._column * len(self._days) + 8
        self._keys = [*_keys(self._width)]
        self._height = TOP + 24 * HOUR + BELOW + KEY_LINE * self._keys[-1].line

    def svg(self) -> str:
        """Return the picture, with a title and a description for whoever cannot see it."""
        table = self._table
        title = f"{table.title}, from {shown(table.start, table.zones[0])} in {table.zones[0]}"
        sent = [f"{m.step} {shown(m.sent_at, table.zones[0])}" for m in table.messages if m.sent_at]
        described = f"{ending(table)} Sent: {'; '.join(sent) or 'nothing'}. {'; '.join(calendar_of(table))}"
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="simulation" role="img" aria-labelledby="sim-title sim-desc" '
            f'viewBox="0 0 {self._width} {self._height}" width="{self._width}" height="{self._height}" '
            f'font-family="system-ui, sans-serif" font-size="10">',
            f'<title id="sim-title">{escape(title)}</title><desc id="sim-desc">{escape(described)}</desc>',
            _rect("paper", 0, 0, self._width, self._height),
            *self._calendar(), *self._bands(), *self._grid(), *self._changes(), *self._windows(), *self._messages(),
            *self._events(), *self._legend(), "</svg>",
        ]  # fmt: skip
        return "\n".join(parts)

    def _calendar(self) -> Iterator[str]:
        shut = {one.day for one in self._table.shut_days}
        for day in self._days:
            x = self._x(day)
            yield _rect("holiday" if day in shut else "shut", x, TOP, self._column, 24 * HOUR)
            yield _text(x + self._column / 2, TOP - 16, f"{day:%a}"[:2])
            yield _text(x + self._column / 2, TOP - 4, str(day.day), "day")
            if day == self._days[0] or day.day == 1:
                yield _text(x, TOP - 32, f"{day:%b %Y}", "month", anchor="start")

    def _bands(self) -> Iterator[str]:
        for span in self._table.open_hours:
            for day in self._days:
                opens, closes = self._within(day, span.start, span.end)
                if opens < closes:
                    yield _rect("open", self._x(day), TOP + opens * HOUR, self._column, (closes - opens) * HOUR)

    def _grid(self) -> Iterator[str]:
        for hour in range(0, 25, 6):
            y = TOP + hour * HOUR
            yield _line("grid", LEFT, y, LEFT + self._column * len(self._days), y)
            yield _text(LEFT - 6, y + 3, f"{hour:02}:00", anchor="end")
        for day in [*self._days, self._days[-1] + _DAY]:
            yield _line("grid", self._x(day), TOP, self._x(day), TOP + 24 * HOUR)

    def _changes(self) -> Iterator[str]:
        for change in self._table.clock_changes:
            day = change.at.astimezone(self._zone).date()
            if change.zone == self._table.zones[0] and day in self._days:
                x, forward = self._x(day), "+" if change.by_minutes > 0 else "−"
                yield _line("change", x, TOP - 12, x, TOP + 24 * HOUR, dashed=True)
                said = f"clocks {forward}{abs(change.by_minutes) // 60} h"
                yield _text(x + 2, TOP + 24 * HOUR + 12, said, "change", anchor="start")

    def _windows(self) -> Iterator[str]:
        """Draw how long a reply to each message is waited for, under its days."""
        y = TOP + 24 * HOUR + 20
        for row in self._table.rows:
            if row.code.startswith("reply to message") and row.until is not None:
                end = min(row.until, self._table.end)
                x, to = self._along(row.at), self._along(end)
                yield _rect("listens", x, y, max(to - x, 2), 6)

    def _messages(self) -> Iterator[str]:
        number = 0
        for message in self._table.messages:
            if message.sent_at is None:
                continue
            number += 1
            yield from self._message(message, message.sent_at, number)

    def _message(self, message: SimulatedMessage, sent: datetime, number: int) -> Iterator[str]:
        x, y = self._point(sent)
        if message.due_at is not None and sent - message.due_at > timedelta(minutes=1):
            due_x, due_y = self._point(message.due_at)
            yield _line("late", due_x, due_y, x, y, dashed=True)
            yield f'<circle class="late" cx="{due_x}" cy="{due_y}" r="3" fill="none" stroke="{_COLOURS["late"]}"/>'
        told = escape(f"{number}: {message.step} by {message.channel}, {shown(sent, self._table.zones[0])}")
        yield f'<circle class="sent" cx="{x}" cy="{y}" r="8" fill="{_COLOURS["sent"]}"><title>{told}</title></circle>'
        yield f'<text class="on-sent" x="{x}" y="{y + 3.5}" text-anchor="middle" fill="#ffffff">{number}</text>'

    def _events(self) -> Iterator[str]:
        before: tuple[float, float] | None = None
        for row in self._table.rows:
            if (mark := _MARKS.get(row.what)) is not None:
                x, y = self._point(row.at)
                if before is not None and before[0] == x and abs(before[1] - y) < BESIDE:
                    x += BESIDE  # what ends it comes at the same moment as the end
                before = (x, y)
                told = escape(f"{row.says} {shown(row.at, self._table.zones[0])}")
                shape = f"M{x} {y - 7}L{x + 7} {y}L{x} {y + 7}L{x - 7} {y}Z" if mark == "reply" else _flag(x, y)
                yield f'<path class="{mark}" d="{shape}" fill="{_COLOURS[mark]}"><title>{told}</title></path>'

    def _legend(self) -> Iterator[str]:
        for key in self._keys:
            y = TOP + 24 * HOUR + BELOW - 8 + KEY_LINE * key.line
            yield _rect(key.kind, key.x, y - 8, 9, 9)
            yield _text(key.x + 13, y, key.label, anchor="start")

    def _x(self, day: date) -> float:
        return LEFT + self._column * (day - self._days[0]).days

    def _point(self, at: datetime) -> tuple[float, float]:
        local = at.astimezone(self._zone)
        return self._x(local.date()) + self._column / 2, TOP + _hours(local) * HOUR

    def _along(self, at: datetime) -> float:
        local = at.astimezone(self._zone)
        return self._x(local.date()) + self._column * _hours(local) / 24

    def _within(self, day: date, start: datetime, end: datetime) -> tuple[float, float]:
        """Return the wall-clock hours of a day that lie between two moments; the first not before the second if none do."""
        midnight = datetime.combine(day, time(), self._zone).astimezone(UTC)
        following = datetime.combine(day + _DAY, time(), self._zone).astimezone(UTC)
        if end <= midnight or start >= following:
            return 0, 0
        opens = 0.0 if start <= midnight else _hours(start.astimezone(self._zone))
        return opens, 24.0 if end >= following else _hours(end.astimezone(self._zone))


def _keys(width: float) -> Iterator[Key]:
    """Yield what the legend explains, in as many lines as the width needs."""
    line, x = 0, float(LEFT)
    for kind, label in _LEGEND:
        if x + 100 > width and x > LEFT:
            line, x = line + 1, float(LEFT)
        yield Key(kind, label, line, x)
        x += 24 + 6 * len(label)


def _hours(local: datetime) -> float:
    return round(local.hour + local.minute / 60, 3)


def _flag(x: float, y: float) -> str:
    return f"M{x - 5} {y + 8}V{y - 8}H{x + 7}L{x + 3} {y - 4}L{x + 7} {y}H{x - 3}V{y + 8}Z"


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{_COLOURS[kind]}"/>'


def _line(kind: str, x: float, y: float, to_x: float, to_y: float, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="3 3"' if dashed else ""
    where = f'x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}"'
    return f'<line class="{kind}" {where} stroke="{_COLOURS[kind]}"{dashes}/>'


def _text(x: float, y: float, said: str, kind: str = "text", anchor: str = "middle") -> str:
    fill = _COLOURS.get(kind, _COLOURS["text"])
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}">{escape(said)}</text>'
