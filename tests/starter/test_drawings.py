"""Pictures of measures and sequences: gaps stay gaps, few things are no value, time goes down the page."""

from datetime import date, timedelta

import pytest

from activities.library import read_library
from models.database.measures.computing import By
from starter.console.drawing.plot import Line, Reading, plotted, round_above
from starter.console.drawing.steps import day_in_words, drawn, length_of
from starter.console.measure_cards import periods_between
from starter.measure_words import figure_in_words, span_in_words

SEQUENCES = {sequence.key: sequence for sequence in read_library().sequences}


def _reading(value: float | None, of: int = 20) -> Reading:
    return Reading("Nov 2", value, of, "said")


def test_a_line_breaks_where_there_is_no_figure_and_few_things_stand_on_the_axis() -> None:
    readings = [_reading(0.5), _reading(0.6), _reading(None, 0), _reading(None, 3), _reading(0.7), _reading(0.8)]

    plot = plotted([Line("", readings)], lambda value: f"{value:.0%}", 1.0)

    [line] = plot.drawn
    assert len(line.strokes) == 2
    assert [spot.is_few for spot in line.spots] == [False, False, True, False, False]
    assert [words for _, words in plot.levels] == ["0%", "50%", "100%"]
    assert line.spots[2].y == plot.floor


def test_an_axis_without_a_value_is_not_scaled() -> None:
    plot = plotted([Line("p50", [_reading(None, 3)])], span_in_words)

    assert [words for _, words in plot.levels] == ["0 s"]


@pytest.mark.parametrize(("value", "above"), [(0, 1), (0.4, 0.5), (7, 10), (120, 200), (5000, 5000)])
def test_the_top_of_an_axis_is_a_round_number_above_every_value(value: float, above: float) -> None:
    assert round_above(value) == pytest.approx(above)


def test_every_period_is_shown_also_those_of_which_nothing_is_known() -> None:
    weeks = periods_between(date(2026, 10, 7), date(2026, 10, 29), By.WEEK)

    assert weeks == [date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 26)]


def test_a_sequence_goes_from_its_first_day_to_its_last() -> None:
    course = drawn(SEQUENCES["missed_call"])

    assert [stop.day for stop in course.stops] == ["day 0", "day 0, 4 h", "day 1, 4 h"]
    assert [stop.y for stop in course.stops] == sorted(stop.y for stop in course.stops)
    assert course.ends == "ends day 4, 4 h"


def test_the_ways_of_a_review_request_stand_side_by_side() -> None:
    course = drawn(SEQUENCES["review_request"])

    assert [stop.channels for stop in course.stops] == [("sms", "email"), ("email", "sms"), ("sms", "email")]
    assert [stop.day for stop in course.stops] == ["day 0", "day 3", "day 17"]


def test_figures_and_spans_are_said_as_people_say_them() -> None:
    assert length_of(timedelta(days=60)) > length_of(timedelta(hours=1))
    assert day_in_words(timedelta(days=2, hours=3)) == "day 2, 3 h"
    assert figure_in_words(0.834, "share of 1") == "83 %"
    assert figure_in_words(250.4, "seconds") == "4 min 10 s"
    assert figure_in_words(48_000, "minor units of the currency", "paid/USD") == "480.00 USD"
    assert figure_in_words(None, "seconds") == "too few to tell"
