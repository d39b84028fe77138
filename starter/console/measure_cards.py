"""What the page of the measures shows of each: its newest figure, its course over time or its parts, and the same as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.database.measures.computing import By
from models.measures.definitions import Definition, How
from models.plurals import counted
from starter.api.measures import MeasureRow
from starter.console.drawing.plot import Line, Plot, Reading, plotted
from starter.measure_words import SHARE, figure_in_words, part_in_words

AS_IT_STANDS = frozenset({"source_coverage", "next_action"})
"""Measures of how it stands now: a course over time would show when their things began."""
MOST_BARS = 8
_SPANS = (1, 2, 4, 10, 20, 60, 120, 240, 600, 1_200, 3_600, 7_200, 14_400, 43_200, 86_400, 172_800, 864_000)
"""Seconds that an axis may end at: they and their halves are told in one unit, which is all that there is room for."""
STEP = {By.DAY: timedelta(days=1), By.WEEK: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Bar:
    """One part among several."""

    name: str
    said: str
    counted: float
    """What is counted of it, as a share of the longest one, 0 to 1."""
    whole: float
    """Of how many, as such a share; as long as `counted` where the parts are parts of one whole."""


@dataclass(frozen=True, slots=True)
class Card:
    """One measure on the page."""

    definition: Definition
    headline: str
    beside: str
    """What the headline rests on."""
    plot: Plot | None
    legend: list[str]
    bars: list[Bar]
    left_out: int
    """Parts beyond those that are drawn; the table has them."""
    rows: list[MeasureRow]
    told: list[str]
    """Each row's figure in words."""
    description: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show at all."""
        return not self.rows


def card(
    definition: Definition, whole: Sequence[MeasureRow], course: Sequence[MeasureRow], periods: list[date]
) -> Card:
    """Return the card of a measure.

    Args:
        definition: the measure.
        whole: its figures over the whole time.
        course: its figures by period.
        periods: the first day of every period that is shown, also of those of which nothing is known.
    """
    over_time = has_a_course(definition)
    rows = list(course if over_time else whole)
    lines = _lines(definition, rows, periods) if over_time and rows else []
    bars = [] if over_time else _bars(definition, rows)
    headline, beside = _headline(definition, whole)
    top = _top(definition, lines)
    unit = SHARE if definition.how is How.SHARE else definition.unit
    plot = plotted(lines, lambda value: figure_in_words(value, unit), top) if lines else None
    return Card(
        definition, headline, beside, plot, [part_in_words(line.name) for line in lines] if len(lines) > 1 else [],
        bars[:MOST_BARS], max(len(bars) - MOST_BARS, 0), rows, [_told(definition, row) for row in rows],
        _description(definition, headline, lines, bars),
    )  # fmt: skip


def has_a_course(definition: Definition) -> bool:
    """Return whether a measure is shown over time; else as it is over the whole time."""
    return definition.how in (How.SHARE, How.DURATION, How.TOTAL) and definition.key not in AS_IT_STANDS


def periods_between(first: date, last: date, by: By) -> list[date]:
    """Return the first days of the periods from one day to another, whether anything is known of them or not."""
    begin = first - timedelta(days=first.weekday()) if by is By.WEEK else first
    return [begin + STEP[by] * count for count in range((last - begin) // STEP[by] + 1)]


def _lines(definition: Definition, rows: Iterable[MeasureRow], periods: list[date]) -> list[Line]:
    by_part: dict[str, dict[str | None, MeasureRow]] = {}
    for row in rows:
        # A share of what is timed has another unit than the times, and its own line in the table.
        if definition.how is not How.DURATION or row.part != "within_goal":
            by_part.setdefault(row.part, {})[row.day] = row
    return [Line(part, [_reading(definition, day, found.get(day.isoformat())) for day in periods])
            for part, found in by_part.items()]  # fmt: skip


def _top(definition: Definition, lines: Iterable[Line]) -> float | None:
    """Return where the axis ends; None where a round number above every figure will do."""
    if definition.how is How.SHARE:
        return 1.0
    highest = max((reading.value or 0 for line in lines for reading in line.readings), default=0)
    return next((span for span in _SPANS if span >= highest), None) if definition.how is How.DURATION else None


def _reading(definition: Definition, day: date, row: MeasureRow | None) -> Reading:
    name = f"{day:%b} {day.day}"
    if row is None:
        return Reading(name, None, 0, f"{name}: nothing")
    said = f"{name}: {_told(definition, row)}, {row.numerator} of {row.denominator}"
    return Reading(name, row.value, row.denominator, f"{part_in_words(row.part)} {said}".strip())


def _bars(definition: Definition, rows: Sequence[MeasureRow]) -> list[Bar]:
    sizes = [row.numerator if definition.how is How.MIX else row.denominator for row in rows]
    longest = max(sizes, default=0) or 1
    bars = [
        Bar(part_in_words(row.part) or "all", _of_all(definition, row), row.numerator / longest, size / longest)
        for row, size in zip(rows, sizes, strict=True)
    ]
    return sorted(bars, key=lambda bar: -bar.whole)


def _of_all(definition: Definition, row: MeasureRow) -> str:
    told = _told(definition, row)
    return f"{row.numerator} of {row.denominator}" + ("" if row.value is None else f", {told}")


def _headline(definition: Definition, whole: Sequence[MeasureRow]) -> tuple[str, str]:
    if not whole:
        return "–", "Nothing to count in this time."
    match definition.how:
        case How.MIX:
            most = max(whole, key=lambda row: row.numerator)
            return part_in_words(most.part), f"most often: {most.numerator} of {most.denominator}"
        case How.TOTAL:
            most = max(whole, key=lambda row: row.value or 0)
            return _told(definition, most), f"{part_in_words(most.part)}, {counted(most.numerator, 'booking')}"
        case How.SHARE if len(whole) > 1:
            hits, of = sum(row.numerator for row in whole), sum(row.denominator for row in whole)
            if definition.key == "report_view":
                hits, of = whole[0].numerator, whole[0].denominator
            return f"{hits} of {of}", f"{definition.numerator} ÷ {definition.denominator}"
        case _:
            row = whole[0]
            return _told(definition, row), f"{row.numerator} of {row.denominator} {definition.denominator}"


def _told(definition: Definition, row: MeasureRow) -> str:
    return figure_in_words(row.value, row.unit, row.part if definition.how is How.TOTAL else "")


def _description(definition: Definition, headline: str, lines: Sequence[Line], bars: Sequence[Bar]) -> str:
    if bars:
        return "; ".join(f"{bar.name}: {bar.said}" for bar in bars[:MOST_BARS])
    known = [reading for line in lines for reading in line.readings if reading.of]
    newest = f" The newest: {known[-1].said}." if known else ""
    return f"{definition.name} over the whole time: {headline}.{newest} Every figure is in the table below."
