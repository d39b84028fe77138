"""What time does while a pause holds: work gets stale or is spared, as the pause says."""

from datetime import timedelta

import pytest

from models.database.audit import audit
from models.pausing import HeldWork
from models.sending import Claimed, Held, NotSent, NotSentReason
from models.terms import PauseScope
from tests.database.resuming import HOUR, ages, held_runs, preview, put_on, resume
from tests.database.world import World


@pytest.mark.parametrize(
    ("held_work", "leaves"), [(HeldWork.EXPIRE, False), (HeldWork.CATCH_UP, True), (HeldWork.FREEZE, True)]
)
def test_held_work_gets_stale_during_a_pause_only_if_the_pause_says_so(
    world: World, held_work: HeldWork, leaves: bool
) -> None:
    pause = put_on(world, held_work)
    (run,) = held_runs(world, "A")
    lifetime = world.message(run)["lifetime"]
    left = world.message(run)["expires_at"]
    ages(world, pause, lifetime + HOUR)

    asked = world.claim(run)
    assert isinstance(asked, Held if leaves else NotSent)
    if leaves:
        assert preview(world, pause).row.counts == {"will_send": 1}
        resume(world, pause)
        assert world.message(run)["expires_at"] >= left
        assert isinstance(world.claim(run), Claimed)
    else:
        assert isinstance(asked, NotSent)
        assert asked.reason is NotSentReason.EXPIRED
        named = preview(world, pause).expired_meanwhile
        assert [one["run_id"] for one in named] == [run]


def test_what_a_pause_spares_is_not_late_for_the_audit(world: World) -> None:
    pause = put_on(world, HeldWork.FREEZE)
    (run,) = held_runs(world, "A")
    ages(world, pause, world.message(run)["lifetime"] + 3 * HOUR)
    assert audit(world.engine, None).bad("I7") == 0

    world.rows("UPDATE pause SET held_work = 'expire_late'")
    assert audit(world.engine, None).bad("I7") == 1


def test_time_that_two_pauses_share_is_spared_once(world: World) -> None:
    outer = put_on(world, HeldWork.CATCH_UP, PauseScope.EVERYTHING)
    inner = put_on(world, HeldWork.CATCH_UP)
    (run,) = held_runs(world, "A")
    ages(world, outer, timedelta(hours=3))
    world.rows("UPDATE pause SET at = at - interval '1 hour' WHERE id = :id", id=inner.id)
    due = world.message(run)["expires_at"]

    resume(world, inner)
    between = world.message(run)["expires_at"]
    resume(world, outer)

    assert between == due  # all of the inner one lies in the outer one, which still holds
    spared = world.message(run)["expires_at"] - due
    assert timedelta(hours=3) <= spared < timedelta(hours=3, minutes=1)
