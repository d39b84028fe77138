"""Everybody locks in one order, so that nobody waits in a circle: what came in, addresses, messages, their run."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from models.database import runs, stranded
from models.database.engine import transaction
from models.database.inbound.backfills import Backfills
from models.database.locks import lock_address
from models.database.outbox import Outbox
from models.database.run_control import RunControl
from models.receiving import Received
from models.terms import OutreachOutcome, RunState
from tests.database.world import KEY, PHONE, World

WAITING = "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def _wait_for_it(world: World, other: Future[Any]) -> None:
    while not world.one(WAITING)["n"]:
        assert not other.done(), other.result()


def _close(world: World, run: Any) -> None:
    RunControl(world.engine, KEY).close(run, OutreachOutcome.NO_RESPONSE)


def _end_without_workflow(world: World, run: Any) -> None:
    [announcement] = [taken for taken in Outbox(world.engine).take() if taken.run_id == run]
    stranded.workflow_gone(world.engine, announcement)


@pytest.mark.parametrize("close", [_close, _end_without_workflow])
def test_who_holds_a_message_can_write_to_its_run_while_that_is_being_closed(
    world: World, close: Callable[[World, Any], None]
) -> None:
    run = world.run()
    world.stop(run)

    with ThreadPoolExecutor(1) as another:
        with transaction(world.engine) as session:  # as a claim that is about to say that its message is held
            session.execute(text("SELECT 1 FROM message WHERE run_id = :run FOR UPDATE"), {"run": run})
            closing = another.submit(close, world, run)
            _wait_for_it(world, closing)
            runs.move(session, run, RunState.HELD)
        closing.result()

    assert world.one("SELECT state FROM run WHERE id = :run", run=run)["state"] == "closed"


def test_a_late_start_word_and_its_late_web_hook_do_not_wait_for_each_other(world: World) -> None:
    world.run()
    world.text("STOP")
    moment = world.one("SELECT clock_timestamp() - interval '1 hour' AS at")["at"]
    rows = Backfills(world.engine, world.ring, world.timers)

    with ThreadPoolExecutor(1) as another:
        with transaction(world.engine) as session:  # as a web hook that has stored the same text
            session.execute(
                text(
                    "INSERT INTO inbox (id, source, dedupe_key, kind, state, sealed_with, sealed_body) "
                    "VALUES (gen_random_uuid(), 'twilio', 'SM-start', 'sms', 'done', 'k1', '')"
                )
            )
            reading = another.submit(rows.take_in, Received("SM-start", PHONE, "START", b"raw", moment))
            _wait_for_it(world, reading)
            lock_address(session, world.address().hash)
        assert reading.result() is False

    assert world.tasks("outdated_start") == []
