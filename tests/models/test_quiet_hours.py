from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.quiet_hours import CUSTOMARY, FEDERAL, Hours, Window, decide, is_federal_holiday, next_allowed, window_for
from models.zones import EVERY_US_ZONE

NEW_YORK, DENVER, LOS_ANGELES = "America/New_York", "America/Denver", "America/Los_Angeles"
TUESDAY = date(2026, 11, 3)
STATES = ["AL", "CA", "CT", "FL", "IL", "KY", "LA", "ME", "MS", "NV", "PA", "RI", "TX", "VA", "WA", None]


def at(zone: str, hour: int, minute: int = 0, second: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute, second), ZoneInfo(zone))


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
def test_the_federal_window_is_eight_to_nine_less_the_last_minute(now: datetime, allowed: bool) -> None:
    assert decide(now, [DENVER], FEDERAL).allowed is allowed


def test_a_shut_window_says_where_and_until_when() -> None:
    decision = decide(at(NEW_YORK, 9), [NEW_YORK, LOS_ANGELES], FEDERAL)
    assert not decision.allowed
    assert decision.shut_in == (LOS_ANGELES,)
    assert decision.next_allowed == at(LOS_ANGELES, 8)
    assert decision.next_allowed.tzinfo is UTC


def test_late_in_the_east_waits_until_the_west_is_awake() -> None:
    assert next_allowed(at(NEW_YORK, 22), [NEW_YORK, LOS_ANGELES], FEDERAL) == at(
        LOS_ANGELES, 8, day=TUESDAY + timedelta(days=1)
    )


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2026, 3, 7), 13), (date(2026, 3, 8), 12), (date(2026, 10, 31), 12), (date(2026, 11, 1), 13)],
)
def test_the_window_follows_the_wall_clock_over_a_clock_change(day: date, utc_hour: int) -> None:
    opening = next_allowed(at(NEW_YORK, 5, day=day), [NEW_YORK], FEDERAL)
    assert opening == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "now", "allowed"),
    [
        ("FL", at(NEW_YORK, 20, 30), False),
        ("WA", at(NEW_YORK, 20, 30), False),
        ("NY", at(NEW_YORK, 20, 30), True),
        (None, at(NEW_YORK, 20, 30), True),
        ("KY", at(NEW_YORK, 9, 30), False),
        ("TX", at(NEW_YORK, 11, day=date(2026, 11, 8)), False),
        ("TX", at(NEW_YORK, 12, day=date(2026, 11, 8)), True),
        ("AL", at(NEW_YORK, 12, day=date(2026, 11, 8)), False),
        ("AL", at(NEW_YORK, 12, day=date(2026, 11, 26)), False),
        ("RI", at(NEW_YORK, 17, 30, day=date(2026, 11, 7)), False),
        ("ME", at(NEW_YORK, 12, day=date(2026, 11, 7)), False),
    ],
)
def test_a_stricter_state_has_its_own_window(state: str | None, now: datetime, allowed: bool) -> None:
    assert decide(now, [NEW_YORK], window_for(state)).allowed is allowed


@pytest.mark.parametrize("state", STATES)
def test_customary_hours_only_ever_narrow_a_state(state: str | None) -> None:
    narrow, lawful = window_for(state, customary=True), window_for(state)
    for day in (TUESDAY, date(2026, 11, 7), date(2026, 11, 8)):
        for hour in range(24):
            open_now = decide(at(DENVER, hour, day=day), [DENVER], narrow).allowed
            lawful_now = decide(at(DENVER, hour, day=day), [DENVER], lawful).allowed
            mild_now = decide(at(DENVER, hour, day=day), [DENVER], CUSTOMARY).allowed
            assert open_now is (lawful_now and mild_now)


@pytest.mark.parametrize("state", STATES)
def test_a_recipient_who_may_be_anywhere_still_has_a_shared_hour(state: str | None) -> None:
    assert next_allowed(at(DENVER, 3), EVERY_US_ZONE, window_for(state, customary=True)) is not None


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        *((date(2026, 1, 1), True), (date(2026, 1, 19), True), (date(2026, 2, 16), True), (date(2026, 5, 25), True)),
        *((date(2026, 6, 19), True), (date(2026, 7, 3), True), (date(2026, 7, 4), True), (date(2026, 9, 7), True)),
        *((date(2026, 10, 12), True), (date(2026, 11, 11), True), (date(2026, 11, 26), True)),
        *((date(2027, 7, 5), True), (date(2026, 7, 6), False), (date(2026, 5, 18), False), (date(2026, 11, 27), False)),
    ],
)
def test_federal_holidays_and_their_observed_days_are_known(day: date, holiday: bool) -> None:
    assert is_federal_holiday(day) is holiday


def test_the_window_that_never_shuts_is_open_at_every_minute() -> None:
    start = at(DENVER, 0)
    assert all(decide(start + timedelta(minutes=m), EVERY_US_ZONE, Window.always()).allowed for m in range(0, 1440, 7))
    assert decide(at(DENVER, 23, 59, 59), [DENVER], Window.always()).allowed


def test_a_window_open_on_no_shared_day_has_no_next_moment() -> None:
    never = Window(opens=time(9), closes=time(17), other_days=dict.fromkeys(range(1, 8)))
    decision = decide(at(DENVER, 12), [DENVER], never)
    assert (decision.allowed, decision.next_allowed) == (False, None)


@pytest.mark.parametrize(("now", "zones"), [(datetime(2026, 11, 3, 12), [DENVER]), (at(DENVER, 12), [])])  # noqa: DTZ001
def test_a_naive_moment_or_no_zone_is_an_error(now: datetime, zones: list[str]) -> None:
    with pytest.raises(ValueError, match="quiet hours need"):
        decide(now, zones, FEDERAL)
    with pytest.raises(ValueError, match="quiet hours need"):
        next_allowed(now, zones, FEDERAL)


def test_a_window_must_open_before_it_closes() -> None:
    with pytest.raises(ValidationError):
        Hours(opens=time(21), closes=time(8))


@settings(max_examples=60, deadline=None)
@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    zones=st.lists(st.sampled_from(EVERY_US_ZONE), min_size=1, max_size=4),
    state=st.sampled_from(STATES),
)
def test_the_next_moment_is_open_everywhere_and_none_before_it_is(
    now: datetime, zones: list[str], state: str | None
) -> None:
    window = window_for(state)
    opening = next_allowed(now, zones, window)
    assert opening is not None
    assert opening >= now
    assert decide(opening, zones, window).allowed
    steps = int((opening - now) / timedelta(minutes=10))
    assert not any(decide(now + timedelta(minutes=10 * n), zones, window).allowed for n in range(min(steps, 200)))
