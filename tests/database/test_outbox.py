from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from models.database import runs, stranded
from models.database.engine import transaction
from models.database.outbox import Announcement, Outbox, announce
from tests.database.world import HERE, World


def _nudge(world: World, run: UUID) -> None:
    with transaction(world.engine) as session:
        announce(session, run)


def _take(world: World) -> Announcement:
    [announcement] = Outbox(world.engine).take()
    return announcement


def test_a_new_run_is_announced_as_a_start_with_what_temporal_must_know(world: World) -> None:
    run = world.request()

    announcement = _take(world)

    assert (announcement.run_id, announcement.purpose, announcement.kind) == (run, "start", "outreach")
    assert (announcement.client_id, announcement.owner, announcement.closed) == (world.client, "sam", False)


def test_what_was_delivered_is_forgotten_and_the_start_is_noted(world: World) -> None:
    run = world.request()
    Outbox(world.engine).delivered(_take(world))

    assert world.announced(run) == 0
    assert world.one("SELECT started_at FROM run")["started_at"] is not None


def test_repeated_news_of_one_run_is_one_row(world: World) -> None:
    run = world.request()
    _nudge(world, run)
    _nudge(world, run)

    assert _take(world).news == 3


def test_news_that_comes_while_delivering_is_not_lost(world: World) -> None:
    run = world.request()
    outbox, announcement = Outbox(world.engine), _take(world)
    _nudge(world, run)

    outbox.delivered(announcement)

    again = _take(world)
    assert (again.run_id, again.purpose, again.tries) == (run, "nudge", 1)
    outbox.delivered(again)
    assert outbox.take() == []


def test_news_that_comes_before_the_start_is_delivered_stays_a_start(world: World) -> None:
    run = world.request()
    _nudge(world, run)
    outbox, announcement = Outbox(world.engine), _take(world)
    outbox.failed(announcement, "RPCError")
    _nudge(world, run)

    assert _take(world).purpose == "start"


def test_two_relays_never_take_the_same_row(world: World) -> None:
    asked_for = {world.request(lead=world.lead(phone=f"+1303555{n:04d}")) for n in range(24)}

    with ThreadPoolExecutor(2) as relays:
        taken = [row.run_id for rows in relays.map(lambda _: Outbox(world.engine).take(8), range(6)) for row in rows]

    assert len(taken) == len(set(taken)) == 24
    assert set(taken) == asked_for


def test_a_row_whose_relay_died_is_taken_again_after_its_lease(world: World) -> None:
    world.request()
    assert len(Outbox(world.engine, lease=timedelta(0)).take()) == 1

    assert Outbox(world.engine).take()[0].tries == 2


def test_what_failed_backs_off_at_most_to_a_minute_and_keeps_its_reason(world: World) -> None:
    run = world.request()
    outbox = Outbox(world.engine)
    waits = []
    for tries in (1, 2, 3, 8, 50):
        world.rows("UPDATE outbox SET next_try_at = clock_timestamp(), tries = :tries", tries=tries - 1)
        outbox.failed(_take(world), "RPCError")
        waits.append(world.one("SELECT extract(epoch FROM next_try_at - clock_timestamp()) AS s FROM outbox")["s"])
        assert outbox.take() == []

    assert [round(float(wait)) for wait in waits] == [1, 2, 4, 60, 60]
    assert world.one("SELECT last_error FROM outbox WHERE run_id = :run", run=run)["last_error"] == "RPCError"
    _nudge(world, run)
    assert len(outbox.take()) == 1  # news does not wait for the back-off


def test_what_is_rolled_back_is_never_announced(world: World) -> None:
    run = world.request()
    Outbox(world.engine).delivered(_take(world))
    with transaction(world.engine) as session:
        announce(session, run)
        session.rollback()

    assert Outbox(world.engine).take() == []


def _without_workflow(world: World) -> tuple[UUID, Announcement]:
    """A run that was started and whose workflow is then found to be gone."""
    run = world.run()
    Outbox(world.engine).delivered(_take(world))
    _nudge(world, run)
    return run, _take(world)


def test_a_run_whose_workflow_is_gone_is_given_to_its_owner(world: World) -> None:
    run, announcement = _without_workflow(world)

    assert stranded.workflow_gone(world.engine, announcement)
    assert stranded.workflow_gone(world.engine, announcement)

    [task] = world.tasks("workflow_gone")
    assert (task["owner"], task["run_id"]) == ("sam", run)


def test_a_stop_closes_a_run_whose_workflow_is_gone(world: World) -> None:
    run, announcement = _without_workflow(world)
    stranded.workflow_gone(world.engine, announcement)
    world.stop(run)

    assert not stranded.workflow_gone(world.engine, announcement)

    closed = world.one("SELECT outcome, state FROM run")
    assert (closed["outcome"], closed["state"]) == ("stopped", "closed")
    assert world.message(run)["state"] == "cancelled"
    assert world.tasks("workflow_gone") == []


def test_a_rollback_of_a_run_whose_workflow_is_gone_is_announced_as_one_of_a_closed_run(world: World) -> None:
    run, announcement = _without_workflow(world)
    with transaction(world.engine) as session:
        runs.roll_back(session, run, HERE)

    assert not stranded.workflow_gone(world.engine, announcement)

    again = _take(world)
    assert (again.closed, again.to_roll_back) == (True, True)


def test_a_refused_start_is_one_task(world: World) -> None:
    run = world.request()
    announcement = _take(world)
    for _ in range(2):
        stranded.start_refused(world.engine, announcement, "INVALID_ARGUMENT")

    [task] = world.tasks("start_refused")
    assert (task["run_id"], task["evidence"]) == (run, {"code": "INVALID_ARGUMENT"})


def test_a_refused_start_that_is_no_longer_wanted_is_closed_by_a_stop(world: World) -> None:
    run = world.request()
    stranded.start_refused(world.engine, _take(world), "INVALID_ARGUMENT")
    world.stop(run)
    stranded.start_refused(world.engine, _take(world), "INVALID_ARGUMENT")

    assert world.one("SELECT outcome FROM run")["outcome"] == "stopped"
    assert world.tasks() == []
