"""So many customers of a location are asked on one day, and the rest on the next."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as some

from models.review_requests.pacing import day_of, turn

DENVER = "America/Denver"
NOON = datetime(2026, 11, 18, 19, tzinfo=UTC)  # 12:00 in Denver
TODAY, TOMORROW = date(2026, 11, 18), date(2026, 11, 19)


def test_while_the_day_has_room_they_are_asked_when_it_is_due() -> None:
    assert turn(NOON, DENVER, {TODAY: 9}) == NOON


def test_on_a_full_day_they_are_put_off_to_the_next_morning() -> None:
    assert turn(NOON, DENVER, {TODAY: 10}) == datetime(2026, 11, 19, 16, tzinfo=UTC)  # 9:00 in Denver
    assert turn(NOON, DENVER, {TODAY: 10, TOMORROW: 12}) == datetime(2026, 11, 20, 16, tzinfo=UTC)


def test_the_morning_is_that_of_the_clocks_there_also_when_they_change() -> None:
    before = datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert turn(before, DENVER, {date(2026, 10, 31): 10}) == datetime(2026, 11, 1, 16, tzinfo=UTC)  # since then UTC-7


def test_the_day_is_that_of_the_location() -> None:
    assert day_of(datetime(2026, 11, 19, 3, tzinfo=UTC), DENVER) == TODAY


@given(
    due=some.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=some.just(UTC)),  # noqa: DTZ001
    taken=some.dictionaries(some.dates(date(2026, 1, 1), date(2027, 1, 10)), some.integers(0, 3), max_size=30),
    per_day=some.integers(1, 3),
)
def test_nobody_is_asked_before_it_is_due_nor_on_a_full_day(
    due: datetime, taken: dict[date, int], per_day: int
) -> None:
    placed = turn(due, DENVER, taken, per_day)

    assert placed >= due
    assert taken.get(day_of(placed, DENVER), 0) < per_day
