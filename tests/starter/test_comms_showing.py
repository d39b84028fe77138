"""How the command line shows moments, wherever they were counted."""

from datetime import datetime
from zoneinfo import ZoneInfo

from models.explaining.phrases import at
from starter.comms.showing import moment


def test_a_moment_of_another_zone_is_shown_in_utc_as_it_says() -> None:
    monday = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/Denver"))

    assert moment(monday.isoformat()) == moment(monday) == "2026-11-23 17:00:00"
    assert at(monday) == "2026-11-23 17:00:00 UTC"
