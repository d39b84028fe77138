from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from models.database.inbound import unread
from models.database.inbound.unread import Swept
from models.terms import OutreachOutcome
from tests.database.world import World

NOTHING = Swept(0, 0)


@pytest.fixture
def run(world: World) -> UUID:
    run = world.run()
    world.sent(run)
    world.rows("DELETE FROM outbox")
    return run


def state(world: World) -> str:
    found: str = world.one("SELECT state FROM inbox")["state"]
    return found


def told(world: World) -> None:
    """Let the relay deliver every nudge."""
    world.rows("DELETE FROM outbox")


@pytest.mark.parametrize("words", ["How much is it?", "STOP", "HELP"])
def test_a_text_waits_until_its_run_has_looked(world: World, run: UUID, words: str) -> None:
    world.text(words)
    assert state(world) == "waiting"

    world.control.look(run)
    assert state(world) == "done"


def test_a_look_reads_only_what_it_has_seen(world: World, run: UUID) -> None:
    world.text("How much is it?", provider_id="SM1")

    coming = ["SM2"]

    def another_comes(_: object, __: object, statement: str, *___: object) -> None:
        if coming and statement.startswith("UPDATE inbox SET state = 'done'"):
            world.text("Hello?", provider_id=coming.pop())

    event.listen(world.engine, "before_cursor_execute", another_comes)
    world.control.look(run)
    event.remove(world.engine, "before_cursor_execute", another_comes)

    states = world.rows("SELECT dedupe_key, state FROM inbox ORDER BY received_at")
    assert [tuple(row.values()) for row in states] == [("SM1", "done"), ("SM2", "waiting")]


def test_the_look_of_another_run_reads_nothing(world: World, run: UUID) -> None:
    world.text("How much is it?")
    world.control.look(world.run(lead=world.lead("Max", phone="+13035550177")))

    assert state(world) == "waiting"


def test_a_text_for_a_run_that_has_ended_waits_for_no_look(world: World, run: UUID) -> None:
    world.control.close(run, OutreachOutcome.NO_RESPONSE)
    world.text("Sorry, only saw this now. Yes!")

    assert state(world) == "done"
    assert len(world.tasks("answer_reply")) == 1


def test_a_run_is_told_again_of_what_it_has_not_read(world: World, run: UUID) -> None:
    world.text("How much is it?")
    told(world)
    assert unread.sweep(world.engine) == NOTHING  # not so soon

    assert unread.sweep(world.engine, patience=0) == Swept(1, 0)
    assert world.announced(run) == 1
    assert unread.sweep(world.engine, patience=0) == NOTHING  # the nudge is under way

    told(world)
    assert unread.sweep(world.engine, patience=0) == Swept(1, 0)
    world.control.look(run)
    told(world)
    assert unread.sweep(world.engine, patience=0) == NOTHING


def test_what_came_while_its_run_was_ending_is_left_to_a_person(world: World, run: UUID) -> None:
    world.text("How much is it?")
    world.rows("UPDATE owner_task SET closed_at = clock_timestamp()")
    world.control.close(run, OutreachOutcome.NO_RESPONSE)

    assert unread.sweep(world.engine) == Swept(0, 1)

    [task] = world.tasks("answer_reply")
    assert (task["owner"], task["run_id"]) == ("sam", run)
    assert "had ended" in task["instruction"]
    assert state(world) == "done"
    assert unread.sweep(world.engine) == NOTHING


def test_nobody_is_asked_to_answer_a_stop_that_came_while_its_run_was_ending(world: World, run: UUID) -> None:
    world.text("STOP")
    world.control.close(run, OutreachOutcome.NO_RESPONSE)

    assert unread.sweep(world.engine) == Swept(0, 1)
    assert world.tasks() == []


def test_a_reply_to_a_run_whose_workflow_is_gone_is_left_to_a_person(world: World, run: UUID) -> None:
    world.text("How much is it?")
    world.rows(
        "INSERT INTO owner_task (id, kind, subject, run_id, owner, instruction, evidence) "
        "VALUES (:id, 'workflow_gone', :run, :run_id, 'sam', '', '{}')",
        id=uuid4(),
        run=str(run),
        run_id=run,
    )

    assert unread.sweep(world.engine) == Swept(0, 1)
    assert len(world.tasks("answer_reply")) == 1
