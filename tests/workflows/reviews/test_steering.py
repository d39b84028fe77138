"""A review request as people steer it: approval, pause, stop, rollback, a full day, and a history that has grown long."""

from datetime import timedelta

from sqlalchemy import text

from models.database.engine import transaction
from models.review_requests.terms import ReviewOutcome
from models.terms import ApprovalPolicy, DecisionKind
from tests.workflows.chains import histories_of
from tests.workflows.reviews.world import ReviewWorld

LONG = 60.0


async def test_nothing_is_sent_before_the_wording_is_approved(world: ReviewWorld) -> None:
    world.furnish(approval=ApprovalPolicy.RUN)
    await world.finish()
    await world.until_state("awaiting_approval")
    assert world.sms.sent == []
    await world.decide(DecisionKind.APPROVE)

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)


async def test_a_typed_code_decides_and_a_rejection_ends_it(world: ReviewWorld) -> None:
    world.furnish(approval=ApprovalPolicy.RUN)
    await world.finish()
    await world.type_signal("reject", await world.code())

    assert await world.ending() is ReviewOutcome.NOT_APPROVED
    assert world.sms.sent == []


async def test_pause_resume_and_stop_can_be_typed_in_the_temporal_ui(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.type_signal("pause")
    await world.until_details("Paused (run)")
    await world.type_signal("resume")
    await world.until("SELECT count(*) FROM pause WHERE paused", 0)
    await world.type_signal("stop")

    assert await world.ending() is ReviewOutcome.STOPPED
    assert world.email.sent == []


async def test_a_paused_client_asks_nobody_until_the_resume(world: ReviewWorld) -> None:
    world.furnish()
    await world.pause(f"client:{world.desk.client_id}")
    await world.finish()
    await world.until("SELECT reason FROM message WHERE run_id = :run AND step = 'ask_sms'", "paused")
    assert world.sms.sent == []
    await world.pause(f"client:{world.desk.client_id}", False)

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert len(world.sms.sent) == 1


async def test_a_rollback_leaves_what_was_sent_to_a_person(world: ReviewWorld) -> None:
    world.furnish(reminded_after=LONG)
    await world.finish()
    await world.until_sent()
    await world.type_signal("roll_back")

    assert await world.ending() is ReviewOutcome.ROLLED_BACK
    assert world.scalar("SELECT count(*) FROM undo WHERE run_id = :run AND state = 'registered'") == 0
    assert world.email.sent == []


async def test_on_a_full_day_the_next_customer_waits_for_the_morning(world: ReviewWorld) -> None:
    world.furnish(asks_per_day=1, reminded_after=LONG)
    await world.finish("job-1")
    await world.until_sent()
    await world.finish("job-2", phone="+13035550143", email="ben@example.com")
    await world.until_details("Their turn is")

    assert world.scalar("SELECT state FROM run WHERE id = :run") == "scheduled"
    assert (
        world.scalar("SELECT asked_on - (SELECT asked_on FROM job WHERE job_id = 'job-1') FROM job WHERE run_id = :run")
        == 1
    )
    assert len(world.sms.sent) == 1
    await world.stop()
    assert await world.ending() is ReviewOutcome.STOPPED


async def test_a_customer_is_asked_so_long_after_the_job_and_not_before(world: ReviewWorld) -> None:
    world.furnish(ask_after=timedelta(seconds=2))
    await world.finish(ago=timedelta(0))
    await world.until_details("Their turn is")
    assert world.sms.sent == []

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert world.scalar(
        "SELECT m.accepted_at >= j.completed_at + interval '2 s' FROM job j JOIN message m USING (run_id) WHERE m.step = 'ask_sms'"
    )


async def test_a_request_that_has_outgrown_its_history_goes_on_and_sends_nothing_again(
    forgetful_world: ReviewWorld,
) -> None:
    world = forgetful_world
    world.furnish(reminded_after=2.0)
    await world.finish()
    await world.until_sent()
    for _ in range(12):
        await world.type_signal("nudge")
        await world.until_details("The request was sent")

    assert await world.ending() is ReviewOutcome.EXPIRED
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)
    assert len([h async for h in histories_of(world.client, f"review_request/{world.run_id}")]) > 1


async def test_on_a_full_day_a_reminder_waits_for_the_morning_too(world: ReviewWorld) -> None:
    world.furnish(asks_per_day=1, reminded_after=4.0)
    run = (await world.finish("job-1")).run_id
    await world.until_sent()
    await world.finish("job-2", phone="+13035550143", email="ben@example.com", starts=False)
    world.run_id = run
    with transaction(world.engine) as session:
        session.execute(text(_YESTERDAY_THEY_TODAY_ANOTHER))
    await world.until_details("The reminder's turn is")

    assert world.scalar("SELECT reminded_on - asked_on FROM job WHERE run_id = :run") == 2
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 0)
    await world.stop()
    assert await world.ending() is ReviewOutcome.STOPPED


_YESTERDAY_THEY_TODAY_ANOTHER = """
    UPDATE job SET asked_on = CASE job_id WHEN 'job-1' THEN asked_on - 1 ELSE (SELECT max(asked_on) FROM job) END
"""
