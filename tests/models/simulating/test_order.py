"""An order of a simulation makes sense, or says what does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from models.simulating.order import ChosenEvent, SimulationOrder
from models.simulating.spans import in_words, span

MINIMAL: dict[str, Any] = {"sequence": "web_lead", "library": "shipped", "start": "2027-03-05T16:40"}


@given(some.integers(0, 30), some.integers(0, 23), some.integers(0, 59))
def test_a_span_is_read_as_it_is_written(days: int, hours: int, minutes: int) -> None:
    meant = timedelta(days=days, hours=hours, minutes=minutes)

    assert span(f"+{days}d {hours}h {minutes}m") == meant
    assert span(in_words(meant).replace("min", "m")) == meant


@pytest.mark.parametrize("written", ["", "soon", "2", "d", "-2d", "2d and 3h", "2 days"])
def test_what_is_no_span_is_refused_with_how_to_write_one(written: str) -> None:
    with pytest.raises(ValueError, match="write it like 2d 3h"):
        span(written)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"library": None}, "say for whom"),
        ({"lead_id": "6f1f6a3e-54c2-4b0e-9d5a-0f6b8c0a7d11"}, "leave the library out"),
        ({"lasts": "900d"}, "at most 400 days ahead"),
        ({"client_zone": "Mars/Base"}, "there is no time zone 'Mars/Base'"),
        ({"lead": {"time_zone": "Denver"}}, "there is no time zone 'Denver'"),
        ({"events": [{"kind": "reply", "after": "1d"}]}, "say what is answered"),
        ({"events": [{"kind": "stop"}]}, "say when"),
        ({"events": [{"kind": "stop", "at": "2027-03-06T10:00"}]}, "needs an offset"),
        ({"events": [{"kind": "delivery_failure", "after": "1d", "says": "rain"}]}, "one of suppressed, bad_contact"),
    ],
)
def test_an_order_that_makes_no_sense_says_why(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SimulationOrder.model_validate(MINIMAL | given)


def test_an_event_happens_so_long_after_the_start_or_at_its_moment() -> None:
    start = datetime(2027, 3, 5, tzinfo=UTC)
    later = ChosenEvent.model_validate({"kind": "stop", "after": "1d 2h"})
    at = ChosenEvent.model_validate({"kind": "stop", "at": "2027-03-06T02:00:00Z"})

    assert later.moment(start) == at.moment(start)
    assert later.in_words == "stop after 1 d 2 h"
