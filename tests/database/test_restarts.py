"""A restart of the web hooks, however short, may have lost a text; one of several processes that listen has lost none."""

import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError

from models.database.inbound.continuity import Listener
from models.sending import Claimed
from tests.database.outage import backfiller, held_by_gap
from tests.database.trouble import DISK_FULL, refusing
from tests.database.world import World

SILENCE = timedelta(seconds=30)
SHORT = timedelta(seconds=0.2)
"""A heartbeat for what must be waited for."""


def process(world: World, heartbeat: timedelta = timedelta(seconds=5)) -> Listener:
    return Listener(world.engine, heartbeat, SILENCE)


def gaps(world: World) -> int:
    found: int = world.one("SELECT count(*) AS n FROM inbound_gap")["n"]
    return found


@pytest.fixture
def before(world: World) -> Listener:
    """The one process that listens."""
    world.rows("DELETE FROM heartbeat")
    listening = process(world)
    assert not listening.give_sign()
    assert not listening.give_sign()
    return listening


def test_the_last_process_that_leaves_holds_sending_at_once(world: World, before: Listener) -> None:
    run = world.run()
    before.leave()

    assert held_by_gap(world, run)


def test_what_came_in_during_a_short_restart_is_read_before_anything_leaves(world: World, before: Listener) -> None:
    run = world.run()
    before.leave()

    assert process(world).give_sign()

    assert held_by_gap(world, run)
    world.rows("UPDATE inbound_gap SET ended_at = ended_at - interval '10 seconds'")
    backfiller(world, None).sweep()
    assert isinstance(world.claim(run), Claimed)


def test_a_process_that_starts_a_few_heartbeats_after_the_last_sign_opens_a_gap(world: World, before: Listener) -> None:
    world.rows("UPDATE heartbeat SET at = at - interval '11 seconds'")

    assert process(world).give_sign()

    assert gaps(world) == 1


def test_a_killed_process_is_missed_as_soon_as_nobody_else_has_been_heard_of(world: World, before: Listener) -> None:
    last = world.one("SELECT at FROM heartbeat")["at"]
    after = process(world, SHORT)

    assert not after.give_sign()
    started = world.one("SELECT at FROM heartbeat")["at"]
    assert not after.give_sign()
    time.sleep(1.6 * SHORT.total_seconds())
    assert after.give_sign()
    assert not after.give_sign()

    gap = world.one("SELECT began_at, ended_at FROM inbound_gap")
    assert (gap["began_at"], gap["ended_at"]) == (last, started)


def test_replacing_one_process_after_the_other_opens_no_gap(world: World, before: Listener) -> None:
    other = process(world)
    replacements = [process(world, SHORT), process(world, SHORT)]
    assert not other.give_sign()
    for gone, new in zip((before, other), replacements, strict=True):
        assert not new.give_sign()
        assert not (other if gone is before else replacements[0]).give_sign()
        gone.leave()
        assert not new.give_sign()
    time.sleep(1.6 * SHORT.total_seconds())

    assert [one.give_sign() for one in replacements] == [False, False]
    assert gaps(world) == 0
    assert not held_by_gap(world, world.run())


def test_a_process_that_starts_just_before_the_other_leaves_hears_of_it(world: World, before: Listener) -> None:
    after = process(world, SHORT)
    assert not after.give_sign()
    before.leave()
    time.sleep(1.6 * SHORT.total_seconds())

    assert not after.give_sign()
    assert not after.give_sign()
    assert gaps(world) == 0


def test_a_time_in_which_the_web_hooks_could_not_write_is_a_gap_however_short(world: World, before: Listener) -> None:
    other = process(world)
    other.give_sign()
    with refusing(world, "UPDATE ON heartbeat", DISK_FULL), pytest.raises(SQLAlchemyError):
        before.give_sign()
    other.give_sign()

    assert before.give_sign()

    assert gaps(world) == 1
    assert not before.give_sign()
