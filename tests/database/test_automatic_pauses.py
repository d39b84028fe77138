"""What the service pauses by itself: with scope, reason, evidence and an owner's task, and never lifted without a rule."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import RowMapping

from models.database.engine import now, transaction
from models.database.permission import pauses
from models.database.permission.pause_watch import PauseWatch
from models.database.permission.pauses import Terms
from models.failure_classes import FailureClass
from models.patience_settings import PauseSettings
from models.pausing import PauseCode, Watched
from models.provider_answers import twilio_answer
from models.sending import Claimed, Held
from models.terms import PauseScope
from tests.database.doubts import OTHER_SID, SID
from tests.database.findings import callback, find
from tests.database.many import waiting_runs
from tests.database.resuming import policy, preview, resume
from tests.database.world import HERE, World, accepted

NOTHING = Watched(0, 0)


def watch(world: World, **settings: Any) -> PauseWatch:
    return PauseWatch(world.engine, policy(world), PauseSettings(**settings))


def paused(world: World) -> list[RowMapping]:
    return world.rows("SELECT * FROM pause WHERE paused ORDER BY at")


def sent(world: World, runs: Sequence[UUID]) -> None:
    """As if the provider had accepted the first text of each run two hours ago."""
    world.rows(
        "INSERT INTO attempt (message_id, fence, token_hash, worker, outcome, ended_at) "
        "SELECT id, 1, id::text, 'w', 'accepted', clock_timestamp() - interval '2 hours' FROM message WHERE run_id = ANY(:runs)",
        runs=list(runs),
    )
    world.rows(
        "UPDATE message SET state = 'accepted', reason = NULL, fence = 1 WHERE run_id = ANY(:runs)", runs=list(runs)
    )


def reported(world: World, runs: Sequence[UUID], delivery: str, failure: str | None = None) -> None:
    """As if the provider had reported on these just now."""
    where = "WHERE run_id = ANY(:runs)"
    world.rows(f"UPDATE message SET delivery = :d, failure_class = :f {where}", d=delivery, f=failure, runs=list(runs))
    world.rows(
        "UPDATE attempt SET ended_at = clock_timestamp() WHERE message_id IN "
        "(SELECT id FROM message WHERE run_id = ANY(:runs))",
        runs=list(runs),
    )


def test_a_pause_with_an_end_lifts_itself_on_the_clock_of_the_database_and_one_without_never_does(world: World) -> None:
    with transaction(world.engine) as session:
        end = now(session) + timedelta(hours=1)
        ends = pauses.put_on(
            session, Terms(world.scope(), "maintenance", "sam", PauseCode.MAINTENANCE, ends_at=end), HERE
        )
        stays = pauses.put_on(session, Terms("everything", "because", "sam"), HERE)
    run = world.run()
    watching = watch(world)
    assert watching.sweep() == NOTHING
    assert isinstance(world.claim(run), Held)

    world.rows("UPDATE pause SET ends_at = clock_timestamp() WHERE ends_at IS NOT NULL")
    assert isinstance(world.claim(run), Held)  # until its row says that it is lifted
    assert watching.sweep() == Watched(0, 1)
    assert watching.sweep() == NOTHING

    assert [pause["id"] for pause in paused(world)] == [stays.pause.id]
    [event] = world.events("resumed")
    assert (event["actor"], event["reason"], event["facts"]["pause"]) == (
        "comms",
        "its end has come",
        str(ends.pause.id),
    )


@pytest.mark.parametrize(("failing", "pauses_it"), [(12, False), (13, True)])
def test_a_channel_is_paused_when_too_much_on_it_is_not_delivered(world: World, failing: int, pauses_it: bool) -> None:
    runs = waiting_runs(world, 50)
    sent(world, runs)
    reported(world, runs[:failing], "undelivered", "blocked")
    reported(world, runs[failing:], "delivered")

    assert watch(world).sweep() == (Watched(1, 0) if pauses_it else NOTHING)

    if pauses_it:
        [pause] = paused(world)
        assert (pause["scope"], pause["code"], pause["lift_rule"]) == (
            world.scope(PauseScope.CHANNEL),
            "delivery",
            None,
        )
        assert pause["evidence"] == {"failed": failing, "reported": 50}
        [task] = world.tasks("automatic_pause")
        assert (task["subject"], task["owner"]) == (str(pause["id"]), "eve")
        assert pause["scope"] in task["instruction"]
        assert watch(world).sweep() == NOTHING


def test_who_lifts_an_automatic_pause_has_decided_on_what_came_before(world: World) -> None:
    runs = waiting_runs(world, 50)
    sent(world, runs)
    reported(world, runs, "undelivered", "blocked")
    watching = watch(world)
    watching.sweep()
    with transaction(world.engine) as session:
        [pause] = pauses.paused_now(session)

    assert resume(world, pause, preview(world, pause), epoch=1)
    assert watching.sweep() == NOTHING
    assert world.tasks("automatic_pause") == []

    reported(world, runs, "undelivered", "blocked")
    assert watching.sweep() == Watched(1, 0)


def test_complaints_pause_the_channel_for_compliance(world: World) -> None:
    runs = waiting_runs(world, 9)
    sent(world, runs)
    reported(world, runs[:3], "complained", "suppressed")

    assert watch(world).sweep() == Watched(1, 0)
    assert [pause["code"] for pause in paused(world)] == ["compliance"]


def test_a_second_acceptance_pauses_the_channel_and_any_other_conflict_its_run(world: World) -> None:
    twice, other = world.run(), world.run(lead=world.lead("Max", "+13035554001"))
    claim = world.sent(twice, provider_id=SID)
    find(world, claim.message_id, claim.fence, callback(OTHER_SID))
    refused = world.claimed(other)
    world.ledger.record(refused, twilio_answer(400, 29999))
    find(world, refused.message_id, refused.fence, callback("SM" + "c" * 32))

    assert watch(world).sweep() == Watched(2, 0)

    scopes = {pause["scope"]: pause["evidence"]["message"] for pause in paused(world)}
    assert scopes == {
        world.scope(PauseScope.CHANNEL): str(claim.message_id),
        world.scope(PauseScope.RUN, other): str(refused.message_id),
    }
    assert {pause["code"] for pause in paused(world)} == {"suspected_duplicate"}


def test_a_provider_that_reports_nothing_is_paused(world: World) -> None:
    runs = waiting_runs(world, 11)
    sent(world, runs[:9])
    assert watch(world).sweep() == NOTHING
    sent(world, runs[9:])

    assert watch(world).sweep() == Watched(1, 0)
    [pause] = paused(world)
    assert (pause["scope"], pause["code"]) == ("provider:twilio", "web_hook")


def test_a_provider_that_reports_on_some_is_not_paused(world: World) -> None:
    runs = waiting_runs(world, 10)
    sent(world, runs)
    world.rows(
        "INSERT INTO evidence (message_id, fence, source, kind, reason) "
        "SELECT id, 1, 'callback', 'sent', '' FROM message WHERE run_id = :run",
        run=runs[3],
    )

    assert watch(world).sweep() == NOTHING


def test_stale_data_pause_the_provider_until_they_are_fresh_again_by_the_rule_of_the_row(world: World) -> None:
    world.rows("INSERT INTO backfill (source, high_water, at) VALUES ('twilio', now(), now() - interval '31 minutes')")
    assert watch(world).sweep() == NOTHING  # it has only just begun to watch
    watching = watch(world)
    watching._began -= 3600

    assert watching.sweep() == Watched(1, 0)
    [pause] = paused(world)
    assert (pause["scope"], pause["code"], pause["lift_rule"]) == ("provider:twilio", "stale_source", "when_fresh")
    run = world.run()
    assert isinstance(world.claim(run), Held)
    assert watching.sweep() == NOTHING
    world.rows("UPDATE backfill SET at = clock_timestamp()")

    assert watching.sweep() == Watched(0, 1)
    assert isinstance(world.claim(run), Claimed)


def test_a_set_up_refused_for_two_clients_pauses_the_provider(world: World) -> None:
    world.ledger.record(world.claimed(world.run()), twilio_answer(401, 20003))
    watching = watch(world)
    assert watching.sweep() == NOTHING
    assert [pause["code"] for pause in paused(world)] == ["set_up"]
    world.rows(
        "INSERT INTO pause (id, scope, code, owner, put_by, source, held_work, evidence, runs, epoch, reason) "
        "SELECT gen_random_uuid(), 'channel:' || gen_random_uuid() || CAST(:sms AS text), code, owner, put_by, source, held_work, "
        "evidence, "
        "0, 1, '' FROM pause",
        sms=":sms",
    )

    assert watching.sweep() == Watched(1, 0)
    assert paused(world)[-1]["scope"] == "provider:twilio"
    [task] = world.tasks("automatic_pause")
    assert task["evidence"]["codes"] == ["20003"]


def test_a_number_that_is_not_registered_is_a_matter_of_compliance(world: World) -> None:
    world.ledger.record(world.claimed(world.run()), twilio_answer(400, 30034))

    assert [(pause["code"], pause["evidence"]["code"]) for pause in paused(world)] == [("compliance", "30034")]


def test_what_is_switched_off_is_not_looked_for(world: World) -> None:
    runs = waiting_runs(world, 50)
    sent(world, runs)

    assert watch(world, automatic=[]).sweep() == NOTHING


def test_nothing_is_paused_where_all_is_well(world: World) -> None:
    world.sent(world.run())
    assert accepted().failure_class is not FailureClass.CONFIG

    assert watch(world).sweep() == NOTHING
