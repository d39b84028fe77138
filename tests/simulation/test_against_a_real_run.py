"""A simulated month across a change of the clocks is, row by row, the month of a real run with skipped time."""

import re
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from deploy.simulation import looks, reading
from deploy.simulation.running import simulate
from deploy.simulation.settings import AsTheServiceIsSet
from models.database import timeline
from models.database.engine import transaction
from models.simulating.order import SimulationOrder
from models.simulating.timetable import Row, Timetable, What
from tests.simulation import real_run

START = datetime(2027, 3, 1, 17, 10, tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)
ORDER = SimulationOrder.model_validate(
    {
        "sequence": "month",
        "start": START,
        "lasts": "30d",
        "library": str(Path(__file__).parent / "month.yaml"),
        "client_zone": "America/Denver",
        "lead": {"postal_code": "10001", "service_type": "water heater"},
        "events": [
            {"kind": "approve", "after": "3h"},
            {"kind": "delivery_failure", "after": "1d", "says": "transient"},
            {"kind": "pause", "after": "13d", "lasts": "20h"},
            {"kind": "reply", "after": "28d", "says": "Yes please, call me"},
        ],
    }
)
pytestmark = pytest.mark.timeout(300)
DENVER = ZoneInfo("America/Denver")
SLOW = timedelta(minutes=10)
"""So much may a machine that is busy add to a moment; the shortest span of this month is several times as long."""


class Line(NamedTuple):
    """A row without what the speed of a machine decides on."""

    what: What
    code: str
    step: str
    says: str
    why: tuple[str, ...]


@pytest.fixture(scope="module")
async def simulated() -> Timetable:
    return await simulate(ORDER, AsTheServiceIsSet())


@pytest.fixture(scope="module")
async def lived() -> AsyncIterator[list[Row]]:
    library = real_run.library_of_faked_time()
    if library is None:
        pytest.skip("libfaketime is built for Linux on x86-64 only")
    with ExitStack() as until_the_end:
        happened = await real_run.happen(ORDER, START, library, until_the_end)
        with transaction(happened.engine) as session:
            run = timeline.run(session, happened.run_id)
            assert run is not None
            messages = timeline.messages_of(session, happened.run_id)
            rows = [
                *reading.rows_of_events(timeline.events_of(session, run), messages),
                *reading.rows_of_looks(looks.of_run(session, happened.run_id)),
                *reading.rows_of_waits(happened.waits),
            ]
        yield sorted(rows, key=lambda row: row.at)


def test_the_simulation_is_what_a_real_run_then_does(simulated: Timetable, lived: list[Row]) -> None:
    assert [line(row) for row in simulated.rows] == [line(row) for row in lived]
    for foreseen, real in zip(simulated.rows, lived, strict=True):
        assert abs(foreseen.at - real.at) < SLOW, (foreseen, real)
        assert (foreseen.until is None) == (real.until is None)
        assert foreseen.until is None or real.until is None or abs(foreseen.until - real.until) < SLOW


def test_the_evening_before_the_clocks_change_waits_for_noon_by_the_new_time(simulated: Timetable) -> None:
    held = next(row for row in simulated.rows if (row.step, row.what) == ("last", What.HELD))
    sent = next(message for message in simulated.messages if message.step == "last")

    assert f"{held.at.astimezone(DENVER):%a %d %b %H:%M %Z}" == "Sat 13 Mar 20:00 MST"
    assert held.until == datetime(2027, 3, 14, 12, tzinfo=DENVER)
    assert sent.sent_at is not None
    assert f"{sent.sent_at.astimezone(DENVER):%a %d %b %H:%M %Z}" == "Sun 14 Mar 12:00 MDT"
    assert {(change.zone, change.by_minutes) for change in simulated.clock_changes} == {
        ("America/Denver", 60), ("America/New_York", 60)
    }  # fmt: skip


def test_it_says_what_would_be_written_and_how_it_ends(simulated: Timetable) -> None:
    again = next(message for message in simulated.messages if message.step == "again")

    assert "is it still about your water heater?" in again.body
    assert (simulated.outcome, simulated.disposition) == ("replied", "replied")
    assert simulated.rows[-1].what is What.ENDS
    assert [row.what for row in simulated.rows if row.code == "paused"] == [What.DECIDED, What.HELD]


def line(row: Row) -> Line:
    return Line(row.what, row.code, row.step, row.says, tuple(re.sub(r"\d\d:\d\d in", "in", why) for why in row.why))
