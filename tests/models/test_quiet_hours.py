from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.quiet_hours import ALL_DAY, LAST_MOMENT, Hours, Timetable, next_opening
from models.rule_terms import HoursTerms
from tests.models.slow_clock import MINUTE, OTHERS, by, clock_changes, may_leave, minutes, zones_of

NEW_YORK, DENVER, LOS_ANGELES = "America/New_York", "America/Denver", "America/Los_Angeles"
TUESDAY = date(2026, 11, 3)
AMERICAN = zones_of("US", "CA", "PR", "VI", "GU", "AS", "MP")
EIGHT_TO_NINE = {"daily": "08:00-21:00"}


def at(zone: str, hour: int, minute: int = 0, second: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute, second), ZoneInfo(zone))


def table(hours: dict[str, str]) -> Timetable:
    return HoursTerms.model_validate(hours).on


def first(now: datetime, hours: dict[str, str], *zones: str) -> datetime | None:
    opening = next_opening(now, [(zone, table(hours)) for zone in zones])
    return opening.start if opening else None


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (at(DENVER, 7, 59, 59), False),
        (at(DENVER, 8), True),
        (at(DENVER, 20, 58, 59), True),
        (at(DENVER, 20, 59), False),
        (at(DENVER, 21), False),
    ],
)
def test_a_window_is_open_from_its_first_moment_to_a_minute_before_its_last(now: datetime, allowed: bool) -> None:
    assert (first(now, EIGHT_TO_NINE, DENVER) == now) is allowed


def test_late_in_the_east_waits_until_the_west_is_awake() -> None:
    tomorrow = TUESDAY + timedelta(days=1)
    opening = first(at(NEW_YORK, 22), EIGHT_TO_NINE, NEW_YORK, LOS_ANGELES)
    assert opening == at(LOS_ANGELES, 8, day=tomorrow)
    assert opening.tzinfo is UTC


def test_an_opening_says_when_it_shuts_in_the_first_of_the_zones() -> None:
    opening = next_opening(at(NEW_YORK, 12), [(zone, table(EIGHT_TO_NINE)) for zone in (NEW_YORK, LOS_ANGELES)])
    assert opening is not None
    assert opening.end == at(NEW_YORK, 21)


def test_hours_that_never_shut_have_no_end_and_no_last_minute_at_midnight() -> None:
    for now in (at(DENVER, 12), at(DENVER, 23, 59, 30), at(DENVER, 1, 30, day=date(2026, 11, 1))):
        assert next_opening(now, [(DENVER, lambda _: ALL_DAY)]) == (now.astimezone(UTC), None)


def test_the_last_minute_before_a_day_that_is_shut_is_left_out() -> None:
    week = {"daily": "00:00-24:00", "wednesday": "closed"}
    assert first(at(DENVER, 23, 58), week, DENVER) == at(DENVER, 23, 58)
    assert first(at(DENVER, 23, 59), week, DENVER) == at(DENVER, 0, day=TUESDAY + timedelta(days=2))


def test_hours_that_a_clock_change_skips_open_with_the_change() -> None:
    """At 2:00 of 8 March 2026 it is 3:00 in New York: hours that begin at 2:30 begin at that moment."""
    day = date(2026, 3, 8)
    early = {"daily": "02:30-04:00"}
    assert first(at(NEW_YORK, 0, day=day), early, NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_a_window_that_opens_on_no_day_has_no_next_moment() -> None:
    assert first(at(DENVER, 12), {"daily": "closed"}, DENVER) is None
    assert first(at(DENVER, 12), {"daily": "closed", "monday": "10:00-10:01"}, DENVER) is None


def test_a_long_holiday_is_looked_over() -> None:
    def shut_for_a_month(day: date) -> Hours | None:
        return None if day < TUESDAY + timedelta(days=30) else ALL_DAY

    opening = next_opening(at(DENVER, 12), [(DENVER, shut_for_a_month)])
    assert opening == (at(DENVER, 0, day=TUESDAY + timedelta(days=30)), None)


def test_a_naive_moment_or_no_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="quiet hours need"):
        next_opening(datetime(2026, 11, 3, 12), [(DENVER, lambda _: ALL_DAY)])  # noqa: DTZ001
    with pytest.raises(ValueError, match="quiet hours need"):
        next_opening(at(DENVER, 12), [])


def test_hours_must_begin_before_they_end() -> None:
    with pytest.raises(ValidationError):
        Hours(opens=time(21), closes=time(8))


@pytest.mark.parametrize("zone", [*AMERICAN, *OTHERS])
def test_around_every_clock_change_of_a_zone_each_minute_is_judged_as_slowly_looking_at_it_does(zone: str) -> None:
    for hours in (EIGHT_TO_NINE, {"daily": "00:30-02:15"}, {"daily": "02:30-24:00", "sunday": "closed"}):
        for change in clock_changes(zone) or [TUESDAY]:
            start = datetime.combine(change, time(0), UTC) - timedelta(hours=12)
            _walk(start, start + timedelta(hours=48), hours, zone)


def _walk(start: datetime, end: datetime, hours: dict[str, str], zone: str) -> None:
    """Go from opening to opening: no minute before one is allowed, every minute in it is."""
    judge, now = by(hours), start
    while now < end:
        opening = next_opening(now, [(zone, table(hours))])
        assert opening is not None
        begins, shuts = opening.start, opening.end or end
        assert not any(may_leave(minute, [zone], judge) for minute in minutes(now, min(begins, end)))
        assert all(may_leave(minute, [zone], judge) for minute in minutes(begins, min(shuts - LAST_MOMENT, end)))
        now = shuts - LAST_MOMENT


wall = st.integers(0, 24 * 4 - 2).flatmap(lambda n: st.tuples(st.just(n), st.integers(n + 1, 24 * 4)))
span = wall.map(lambda w: "-".join(f"{q // 4:02}:{q % 4 * 15:02}" for q in w)) | st.just("closed")


@settings(max_examples=40, deadline=None)
@given(
    zones=st.lists(st.sampled_from([*AMERICAN, *OTHERS]), min_size=1, max_size=4, unique=True),
    hours=st.fixed_dictionaries({"daily": span}, optional={"sunday": span, "monday": span, "saturday": span}),
    change=st.sampled_from([date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 10, 25), TUESDAY]),
    offset=st.integers(-1440, 1440),
)
def test_the_next_opening_in_several_zones_is_the_first_minute_allowed_in_all(
    zones: list[str], hours: dict[str, str], change: date, offset: int
) -> None:
    now = datetime.combine(change, time(0), UTC) + offset * MINUTE
    judge = by(hours)
    allowed = (minute for minute in minutes(now, now + timedelta(days=2)) if may_leave(minute, zones, judge))
    opening = first(now, hours, *zones)
    seen = opening if opening is not None and opening < now + timedelta(days=2) else None
    assert seen == next(allowed, None)
