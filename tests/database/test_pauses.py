import pytest

from models.database.engine import transaction
from models.database.locks import have_alone
from models.database.permission import pauses
from models.database.permission.pause_announcing import announce_pauses
from models.outreach import SignalClaim
from models.sending import Claimed, Held, HoldReason
from models.terms import Control, PauseScope
from tests.database.world import World


def _held_by(world: World, result: object) -> str:
    assert isinstance(result, Held)
    assert result.reason is HoldReason.PAUSED
    gate = world.one("SELECT gate FROM message WHERE id = :id", id=result.message_id)["gate"]
    assert gate[-1]["rule"] == "not paused"
    return str(gate[-1]["saw"])


@pytest.mark.parametrize("scope", PauseScope)
def test_each_scope_holds_what_is_in_it(world: World, scope: PauseScope) -> None:
    run = world.run()
    world.pause(scope, run=run)

    assert _held_by(world, world.claim(run)).startswith(scope)
    assert world.message(run)["state"] == "ready"


def test_a_pause_of_one_run_or_channel_holds_nothing_else(world: World) -> None:
    run, other = world.run(), world.run(lead=world.lead("Max"))
    world.pause(PauseScope.RUN, run=run)
    assert isinstance(world.claim(other), Claimed)
    world.pause(PauseScope.RUN, paused=False, run=run)
    world.pause(PauseScope.CHANNEL)

    assert isinstance(world.claim(run), Held)
    assert isinstance(world.claim(run, "mail"), Claimed)


def test_the_epoch_grows_with_every_pause_and_resume(world: World) -> None:
    epochs = [world.pause(paused=paused) for paused in (True, False, True, False)]

    assert epochs == [1, 2, 3, 4]
    recorded = world.rows("SELECT kind, epoch, owner FROM pause_event ORDER BY id")
    assert [(row["kind"], row["epoch"]) for row in recorded] == [
        ("pause", 1),
        ("resume", 2),
        ("pause", 3),
        ("resume", 4),
    ]
    assert [event["facts"]["epoch"] for event in world.events("paused")] == [1, 3]


def test_pausing_twice_changes_nothing(world: World) -> None:
    world.pause()

    assert world.pause() is None

    assert len(world.events("paused")) == 1
    assert len(world.rows("SELECT * FROM pause_event")) == 1


def test_resuming_what_was_never_paused_changes_nothing(world: World) -> None:
    assert world.pause(paused=False) is None

    assert world.events("resumed") == []
    assert world.rows("SELECT * FROM pause_event") == []


def test_a_pause_and_its_resume_tell_every_open_run_in_the_scope(world: World) -> None:
    held, closed = world.run(), world.run(lead=world.lead("Max"))
    world.rows("UPDATE run SET closed_at = clock_timestamp() WHERE id = :run", run=closed)
    before = world.announced(held), world.announced(closed)

    world.pause()
    assert announce_pauses(world.engine) == 1
    assert announce_pauses(world.engine) == 0
    assert isinstance(world.claim(held), Held)
    world.pause(paused=False)

    assert (world.announced(held), world.announced(closed)) == (before[0] + 2, before[1])
    assert isinstance(world.claim(held), Claimed)


def test_a_wide_pause_tells_its_runs_after_it_has_taken_effect(world: World) -> None:
    run = world.run()
    before = world.announced(run)
    world.pause(PauseScope.EVERYTHING)

    assert isinstance(world.claim(run), Held)
    assert world.announced(run) == before
    assert announce_pauses(world.engine) == 1
    assert world.announced(run) == before + 1


def test_what_a_process_left_untold_the_next_one_tells(world: World) -> None:
    run = world.run()
    before = world.announced(run)
    world.pause()
    with transaction(world.engine) as dies:
        assert have_alone(dies, "announce pauses")
        assert announce_pauses(world.engine) == 0

    assert announce_pauses(world.engine) == 1
    assert world.announced(run) == before + 1


def test_the_pause_of_one_run_tells_it_at_once(world: World) -> None:
    run = world.run()
    before = world.announced(run)
    world.pause(PauseScope.RUN, run=run)

    assert world.announced(run) == before + 1
    assert announce_pauses(world.engine) == 0


def test_what_is_resumed_passes_the_whole_gate_again(world: World) -> None:
    run = world.run()
    world.pause()
    world.claim(run)
    world.opt_out()
    world.pause(paused=False)

    assert not isinstance(world.claim(run), Claimed | Held)


def test_a_wider_pause_still_holds_after_a_narrower_one_is_lifted(world: World) -> None:
    run = world.run()
    world.pause(PauseScope.EVERYTHING)
    world.pause(PauseScope.CLIENT)
    world.pause(PauseScope.CLIENT, paused=False)

    assert _held_by(world, world.claim(run)) == "everything"
    with transaction(world.engine) as session:
        paused = pauses.paused_now(session)
    assert [pause.scope for pause in paused] == ["everything"]


def test_a_typed_signal_pauses_and_resumes_one_run(world: World) -> None:
    run, other = world.run(), world.run(lead=world.lead("Max"))

    world.control.settle(SignalClaim(run_id=run, signal="pause", control=Control.PAUSE))

    assert world.control.look(run).paused_by == "run"
    assert world.control.look(other).paused_by is None
    world.control.settle(SignalClaim(run_id=run, signal="resume", control=Control.RESUME))
    assert world.control.look(run).paused_by is None
    assert [event["source"] for event in world.events("paused") + world.events("resumed")] == ["temporal_ui"] * 2
