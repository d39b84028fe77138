"""A run under a pause that freezes its clock, and in the drain after a resume."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import pauses, resuming
from models.database.permission.foreseeing import foresee
from models.database.permission.pauses import Terms
from models.database.sending.facts import Rules
from models.pausing import HeldWork
from models.quiet_hours import WindowDecision
from models.sending_hours import SendingDecision
from models.terms import Channel, OutreachOutcome
from tests.workflows.world import World, a_step

OWNER = Origin("api", "incident-owner")
LISTENS = 1.5


async def put_on(world: World, held_work: HeldWork) -> None:
    with transaction(world.engine) as session:
        pauses.put_on(session, Terms("everything", "because", OWNER.actor, held_work=held_work), OWNER)
    await world.relay()


async def lift(world: World, first_after: timedelta = timedelta(0)) -> None:
    open_now = SendingDecision(WindowDecision(allowed=True, zones=("UTC",)))
    rules = Rules(lambda session, row: open_now, world.settings.timers.inbound_silence, 1)
    with transaction(world.engine) as session:
        [pause] = pauses.paused_now(session)
        pause = pauses.locked(session, pause.id)
        foreseen = [replace(one, after=one.after + first_after) for one in foresee(session, pause, rules, 10)]
        resuming.let_go(session, pause, OWNER, "put right", foreseen, 10)
    await world.relay()


async def test_a_frozen_run_goes_on_waiting_for_as_long_as_it_had_left(world: World) -> None:
    await world.start(a_step("hello", listens=LISTENS))
    await world.until_sent()
    await put_on(world, HeldWork.FREEZE)
    await world.until_details("Paused (everything)")
    await asyncio.sleep(2 * LISTENS)
    assert world.scalar("SELECT closed_at FROM run WHERE id = :run") is None
    await lift(
        world,
    )

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    lasted = world.scalar(
        "SELECT extract(epoch FROM r.closed_at - m.accepted_at)::float - extract(epoch FROM p.lifted_at - p.at)::float "
        "FROM run r JOIN message m ON m.run_id = r.id CROSS JOIN pause p WHERE r.id = :run"
    )
    assert LISTENS - 0.3 <= lasted < LISTENS + 2


async def test_the_waits_of_a_run_under_any_other_pause_run_on(world: World) -> None:
    await world.start(a_step("hello", listens=LISTENS))
    await world.until_sent()
    await put_on(world, HeldWork.CATCH_UP)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE


async def test_a_held_run_is_woken_at_its_turn_and_waits_for_it_if_something_wakes_it_before(world: World) -> None:
    await put_on(world, HeldWork.CATCH_UP)
    await world.start(a_step("hello"), a_step("letter", Channel.EMAIL))
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'hello'", "paused")
    await lift(world, first_after=timedelta(seconds=1.5))
    await world.type_signal("nudge")
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'hello'", "draining")
    assert world.sms.sent == []

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert world.scalar("SELECT accepted_at >= turn_at FROM message WHERE run_id = :run AND step = 'hello'")


async def test_a_typed_resume_does_not_lift_what_somebody_else_has_paused(world: World) -> None:
    await world.start(a_step("hello", listens=LISTENS), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.pause(f"run:{world.run_id}")
    await world.type_signal("pause")
    await world.until("SELECT count(*) FROM pause WHERE paused", 2)
    await world.type_signal("resume")
    await world.until("SELECT count(*) FROM pause WHERE paused", 1)
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'letter'", "paused")
    [refused] = world.events("signal_refused")
    assert "incident-owner has paused this run with epoch 1" in refused.reason
    await world.pause(f"run:{world.run_id}", False)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
