"""No doubt lasts longer than it may: planted, and named."""

from datetime import timedelta

from models.database.audit import audit
from models.patience_settings import TimerSettings
from tests.database.doubts import escalated, in_doubt
from tests.database.world import World

TWO_HOURS = timedelta(hours=2)


def looked_up_for_ever(world: World) -> None:
    """Whoever looks has just looked, and will look again."""
    world.rows("UPDATE message SET next_check_at = clock_timestamp() + interval '1 minute' WHERE state = 'unknown'")


def test_i7_finds_a_doubt_that_is_looked_up_for_ever(world: World) -> None:
    run = in_doubt(world)
    looked_up_for_ever(world)
    assert audit(world.engine, None).bad("I7") == 0

    world.passes(run, TWO_HOURS)
    looked_up_for_ever(world)

    report = audit(world.engine, None)
    assert report.bad("I7") == report.totals.unexplained == 1
    assert [one.examples for one in report.findings if one.bad] == [(str(world.message(run)["id"]),)]


def test_a_doubt_that_is_with_a_person_may_last(world: World) -> None:
    run = escalated(world)
    world.passes(run, TWO_HOURS)

    assert audit(world.engine, None).bad("I7") == 0


def test_how_long_a_doubt_may_last_is_a_matter_of_the_timers(world: World) -> None:
    run = in_doubt(world)
    world.passes(run, timedelta(minutes=2))
    looked_up_for_ever(world)
    second = timedelta(seconds=1)
    quick = TimerSettings(
        request=second, lease=2 * second, start_to_close=3 * second, checks=[second], email_patience=3 * second
    )

    assert audit(world.engine, None, quick).bad("I7") == 1
