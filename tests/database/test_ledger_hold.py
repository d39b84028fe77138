"""A ledger that is replaced by an earlier copy of itself is held, until a person releases it after a comparison."""

from contextlib import ExitStack
from uuid import uuid4

import pytest

from models.database.engine import transaction
from models.database.recovery.ledger_epoch import NotReleasable, hold_if_replaced, release, standing
from models.database.sending.ledger import PostgresLedger
from models.sending import Claimed, HoldReason, NotSentReason, SendStep
from models.sending_hours import SendingDecision
from models.terms import OutreachOutcome
from tests.database.outage import somebody_texts
from tests.database.restoring import (
    Backup,
    compared,
    hold,
    let_go,
    reason_of,
    recovery,
    restored,
    wanted,
)
from tests.database.world import HERE, KEY, World
from tests.standins.program import Program


async def test_a_replaced_ledger_is_told_loudly_and_once(world: World, backup: Backup) -> None:
    after = restored(world, backup.take())

    noticed = [hold(after) for _ in range(3)]

    assert noticed == [True, False, False]
    [event] = after.events("ledger_held")
    [task] = after.tasks("ledger_unverified")
    assert (event["owner"], event["reason"], task["owner"]) == ("engineer", "replaced", "engineer")
    assert "comms reconcile --since" in task["instruction"]


async def test_a_ledger_is_released_only_after_a_reconciliation_that_was_asked_for_since(
    world: World, twilio: Program, backup: Backup
) -> None:
    run = world.run()
    await compared(world, twilio)
    after = restored(world, backup.take())
    hold(after)
    with pytest.raises(NotReleasable, match="no reconciliation"):
        let_go(after)
    asked = wanted(after)
    with pytest.raises(NotReleasable, match="under way"):
        let_go(after)

    await compared(after, twilio, asked=asked)

    assert reason_of(after, run) is HoldReason.LEDGER_UNVERIFIED
    before = after.announced(run)
    assert let_go(after)
    assert not let_go(after)
    assert after.announced(run) == before + 1
    assert after.tasks("ledger_unverified") == []
    assert len(after.events("ledger_released")) == 1
    assert isinstance(after.claim(run), Claimed)


async def test_a_second_restore_during_a_hold_needs_a_reconciliation_of_its_own(
    world: World, twilio: Program, backup: Backup, database_url: str
) -> None:
    after = restored(world, backup.take())
    hold(after)
    await compared(after, twilio)
    with ExitStack() as at_the_end:
        again = restored(
            after, Backup(after, after.engine.url.render_as_string(hide_password=False), at_the_end).take()
        )

        assert hold(again)

        with pytest.raises(NotReleasable, match="no reconciliation"):
            let_go(again)


async def test_an_opt_out_that_the_backup_lacks_is_read_again(world: World, twilio: Program, backup: Backup) -> None:
    run = world.run()
    copy = backup.take()
    sid = await somebody_texts(twilio, "please stop texting me")
    world.text("please stop texting me", provider_id=sid)
    after = restored(world, copy)
    hold(after)

    report = await compared(after, twilio)
    let_go(after)

    assert report["inbound"] == 1
    assert reason_of(after, run) is NotSentReason.OPTED_OUT


async def test_a_raised_epoch_holds_until_a_release_with_the_new_one(world: World, twilio: Program) -> None:
    run = world.run()
    assert hold_if_replaced(world.engine, 2, HERE)
    assert not hold_if_replaced(world.engine, 1, HERE)  # a process with old settings
    with transaction(world.engine) as session, pytest.raises(NotReleasable, match="COMMS_DATABASE__EPOCH=2"):
        release(session, 1, HERE)
    await compared(world, twilio)

    with transaction(world.engine) as session:
        assert release(session, 2, HERE)
        assert standing(session).epoch == 2

    assert reason_of(world, run) is HoldReason.LEDGER_UNVERIFIED  # this worker still has epoch 1
    always = lambda session, row: SendingDecision(world.hours)  # noqa: E731
    newer = PostgresLedger(world.engine, world.timers, KEY, world.ring, always, lambda row: None, "worker-2", epoch=2)
    assert isinstance(newer.claim(SendStep(run_id=run, step="hello"), "workflow-run", 1), Claimed)


def test_a_lost_row_of_the_epoch_holds_too(world: World) -> None:
    world.rows("DELETE FROM ledger_epoch")

    assert hold(world)

    assert [event["reason"] for event in world.events("ledger_held")] == ["missing"]


async def test_two_workers_do_not_carry_out_one_reconciliation_at_once(world: World) -> None:
    wanted(world)
    rows = recovery(world, None)._recoveries

    with rows.taken() as first, rows.taken() as second:
        assert (first is None, second is None) == (False, True)


async def test_workflows_whose_rows_are_lost_are_named(world: World, twilio: Program, backup: Backup) -> None:
    known = world.run()
    after = restored(world, backup.take())
    lost = uuid4()
    hold(after)

    report = await compared(after, twilio, running=[known, lost])

    assert report["workflows_without_rows"] == [str(lost)]
    [task] = after.tasks("workflows_without_rows")
    assert (task["owner"], task["evidence"]) == ("engineer", {"runs": [str(lost)], "count": 1})


def test_a_workflow_whose_rows_are_lost_does_not_end_silently(world: World) -> None:
    lost = uuid4()

    for _ in range(2):
        world.control.close(lost, OutreachOutcome.GIVEN_TO_PERSON, f"no run {lost}")

    [task] = world.tasks("run_without_rows")
    assert (task["subject"], task["owner"]) == (str(lost), "engineer")
