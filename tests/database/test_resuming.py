"""What a pause holds leaves after its resume: as previewed, in turn, through every check."""

from datetime import timedelta

import pytest

from models.database.engine import now, transaction
from models.database.permission import pauses
from models.database.permission.pauses import Terms, UnusablePause
from models.database.permission.previews import NotAsShown
from models.pausing import HeldWork, PauseCode
from models.sending import Claimed, Held, HoldReason
from models.terms import PauseScope
from tests.database.resuming import HOUR, held_runs, preview, put_on, resume, standing
from tests.database.world import APPROVER, HERE, World, accepted


def test_what_was_held_leaves_in_turn_at_a_limited_rate(world: World) -> None:
    pause = put_on(world)
    first, second, third = held_runs(world)

    shown = preview(world, pause, per_second=0.01)
    assert shown.row.counts == {"will_send": 3}
    assert [one.after for one in shown.foreseen] == [timedelta(seconds=100 * n) for n in range(3)]
    assert resume(world, pause, shown)

    assert isinstance(world.claim(first), Claimed)
    for run in (second, third):
        held = world.claim(run)
        assert isinstance(held, Held)
        assert held.reason is HoldReason.DRAINING
        assert held.until == world.message(run)["turn_at"]
    assert standing(world, pause).draining is not None
    due = world.rows(
        "SELECT run_id, next_try_at > clock_timestamp() AS later FROM outbox WHERE run_id = :run", run=third
    )
    assert [row["run_id"] for row in due] == [third]
    world.rows("UPDATE message SET turn_at = clock_timestamp()")
    assert isinstance(world.claim(second), Claimed)


def test_turns_that_passed_in_an_outage_do_not_all_come_at_once(world: World) -> None:
    pause = put_on(world)
    runs = held_runs(world, "ABCDEFGHIJ")
    resume(world, pause, preview(world, pause, per_second=3))
    world.rows("UPDATE message SET turn_at = turn_at - interval '1 minute'")

    became = [world.claim(run) for run in runs]

    assert [isinstance(one, Claimed) for one in became] == [True] * 3 + [False] * 7
    waiting = [one.until for one in became if isinstance(one, Held) and one.until is not None]
    now_ = world.one("SELECT clock_timestamp() AS now")["now"]
    assert max(waiting) - now_ < timedelta(seconds=1 + 7 / 3)
    assert len(set(waiting)) == 7


def test_a_run_is_told_when_its_turn_has_come_and_not_before(world: World) -> None:
    pause = put_on(world)
    runs = held_runs(world)
    world.rows("DELETE FROM outbox")
    resume(world, pause, preview(world, pause, per_second=0.01))

    told = world.rows("SELECT o.next_try_at = m.turn_at AS in_turn FROM outbox o JOIN message m USING (run_id) "
                      "WHERE m.step = 'hello' ORDER BY o.next_try_at")  # fmt: skip
    assert [row["in_turn"] for row in told] == [True] * len(runs)


def test_the_preview_says_what_the_resume_then_does(world: World) -> None:
    pause = put_on(world)
    sends, stale, opted_out, unapproved, stopped = held_runs(world, "ABCDE")
    world.rows("UPDATE message SET expires_at = clock_timestamp() WHERE run_id = :run", run=stale)
    world.rows(
        "INSERT INTO consent (client_id, channel, address_hash, status, kind, source, wording_version, evidence, actor) "
        "SELECT client_id, channel, address_hash, 'revoked', 0, 'reply', '', '', 'test' FROM message "
        "WHERE run_id = :run AND step = 'hello'",
        run=opted_out,
    )
    world.rows("UPDATE message SET approved_hash = 'other' WHERE run_id = :run", run=unapproved)
    world.stop(stopped)

    shown = preview(world, pause)
    expected = {"will_send": 1, "expired": 1, "opted_out": 1, "not_approved": 1, "run_ended": 1}
    assert shown.row.counts == expected
    resume(world, pause, shown)
    for run in (sends, stale, opted_out, unapproved, stopped):
        world.claim(run)

    draining = standing(world, pause).draining
    assert draining is not None
    assert (draining.expected, draining.waiting) == (expected, 0)
    assert draining.came_to == {("sent" if what == "will_send" else what): n for what, n in expected.items()}


def test_of_two_held_texts_of_the_same_wording_to_one_address_one_is_foreseen_to_leave(world: World) -> None:
    pause = put_on(world)
    runs = [world.run(lead=world.lead("Lea")) for _ in range(2)]
    for run in runs:
        world.claim(run)

    assert preview(world, pause).row.counts == {"will_send": 1, "possible_duplicate": 1}


def test_what_another_pause_holds_stays_held(world: World) -> None:
    pause = put_on(world)
    free, held = held_runs(world, "AB")
    world.pause(PauseScope.RUN, run=held)

    assert preview(world, pause).row.counts == {"will_send": 1, "paused": 1}
    resume(world, pause)
    assert isinstance(world.claim(free), Claimed)
    assert isinstance(world.claim(held), Held)


def test_two_people_pause_the_same_and_each_lifts_their_own(world: World) -> None:
    mine = put_on(world)
    with transaction(world.engine) as session:
        theirs = pauses.put_on(session, Terms(world.scope(), "mine too", "ann"), APPROVER).pause
    [run] = held_runs(world, "A")

    resume(world, mine)
    assert isinstance(world.claim(run), Held)
    resume(world, theirs)
    assert isinstance(world.claim(run), Claimed)


def test_paused_again_in_the_middle_the_rest_waits_for_the_next_resume(world: World) -> None:
    pause = put_on(world)
    first, second, _ = held_runs(world)
    resume(world, pause, preview(world, pause, per_second=0.01))
    world.claimed(first)
    again = put_on(world)
    world.rows("UPDATE message SET turn_at = clock_timestamp() WHERE turn_at IS NOT NULL")

    assert isinstance(world.claim(second), Held)
    draining = standing(world, pause).draining
    assert draining is not None
    assert (draining.came_to, draining.waiting) == ({"sent": 1}, 2)
    assert preview(world, again).row.counts == {"will_send": 2}
    resume(world, again)
    assert isinstance(world.claim(second), Claimed)


def test_a_resume_needs_the_epoch_it_was_previewed_under(world: World) -> None:
    pause = put_on(world)
    shown = preview(world, pause)
    with transaction(world.engine) as session:
        later = pauses.existing(session, pause.id)
        terms = Terms(world.scope(), "longer", "sam", ends_at=now(session) + HOUR)
        assert pauses.put_on(session, terms, HERE).changed
        assert later.epoch == 2

    with pytest.raises(NotAsShown, match="epoch 2, not 1"):
        resume(world, pause, shown)
    with pytest.raises(NotAsShown, match="outdated"):
        resume(world, pause, shown, epoch=2)
    assert resume(world, pause, preview(world, pause), epoch=2)
    assert not resume(world, pause, shown)  # lifted before


def test_more_than_was_shown_does_not_leave(world: World) -> None:
    pause = put_on(world)
    held_runs(world, "A")
    shown = preview(world, pause)
    late = world.run(lead=world.lead("Zoe", "+13035554999"))
    world.claim(late)

    with pytest.raises(NotAsShown, match="2 messages would leave now, and you were shown 1"):
        resume(world, pause, shown)
    assert isinstance(world.claim(late), Held)


def test_an_end_must_lie_ahead_and_held_work_is_not_changed_under_way(world: World) -> None:
    put_on(world)
    with transaction(world.engine) as session:
        over = Terms(world.scope(), "r", "sam", PauseCode.INCIDENT, ends_at=now(session) - HOUR)
        with pytest.raises(UnusablePause, match="later moment"):
            pauses.put_on(session, over, HERE)
        with pytest.raises(UnusablePause, match="resume it first"):
            pauses.put_on(session, Terms(world.scope(), "r", "sam", held_work=HeldWork.FREEZE), HERE)


def test_a_pause_is_drained_when_the_last_call_under_way_has_ended(world: World) -> None:
    run = world.run()
    claim = world.claimed(run)
    pause = put_on(world)
    before = standing(world, pause)
    assert [flight.message_id for flight in before.in_flight] == [claim.message_id]
    assert before.drained_at is None

    world.ledger.record(claim, accepted())

    after = standing(world, pause)
    assert [flight.ended for flight in after.in_flight] == ["accepted"]
    assert after.drained_at is not None
    assert after.drained_at > world.one("SELECT at FROM pause")["at"]
