"""A run that waits for a person sends what two people want sent again, and nothing it does not hear of."""

from sqlalchemy import text

from activities.reconciling import Reconciler, Swept
from models.database.doubts import resending
from models.database.doubts.reconciliation import Reconciliation
from models.database.engine import transaction
from models.database.events import Origin
from models.database.tables.ledger import Message
from models.provider_answers import lost_answer
from models.terms import OutreachOutcome
from tests.database.doubts import ListOfTwilio
from tests.workflows.world import World, a_step


def _sweep(world: World) -> Swept:
    return Reconciler(Reconciliation(world.engine, world.settings.timers), {"twilio": ListOfTwilio()}).sweep()


async def _given_to_a_person(world: World) -> None:
    """Let the answer get lost and every check be in vain."""
    await world.until("SELECT state FROM message WHERE run_id = :run AND step = 'hello'", "unknown")
    await world.until_details("may or may not have left")
    with transaction(world.engine) as session:
        session.execute(
            text(
                "UPDATE message SET lease_until = lease_until - interval '2 hours', next_check_at = clock_timestamp(), "
                "checks_done = 3 WHERE state = 'unknown'"
            )
        )
    assert _sweep(world) == Swept(given_to_person=1)
    await world.relay()


async def _ask(world: World, *people: str) -> None:
    message_id = world.scalar("SELECT id FROM message WHERE run_id = :run AND step = 'hello'")
    for person in people:
        with transaction(world.engine) as session:
            message = session.get_one(Message, message_id, with_for_update=True)
            horizon = world.settings.timers.checks[-1]
            resending.ask(session, message, Origin("api", person), "the lead waits", horizon)
    await world.relay()


async def test_in_doubt_then_with_a_person_then_sent_again_by_two_people(world: World) -> None:
    world.sms.will(lost_answer("ReadTimeout"))
    await world.start(a_step("hello"))
    await _given_to_a_person(world)
    await _ask(world, "incident-owner")
    assert (_sweep(world), len(world.sms.sent)) == (Swept(), 1)

    await _ask(world, "approver")
    assert _sweep(world) == Swept(settled=1)

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    tokens = [envelope.token for envelope in world.sms.sent]
    assert len(tokens) == len(set(tokens)) == 2
    assert world.scalar("SELECT string_agg(outcome, ', ' ORDER BY fence) FROM attempt") == "not_accepted, accepted"
    assert world.scalar("SELECT count(*) FROM owner_task WHERE closed_at IS NULL AND kind = 'message_in_doubt'") == 0


async def test_a_run_that_is_stopped_before_the_second_call_leaves_nothing_ready_and_says_so(world: World) -> None:
    world.sms.will(lost_answer("ReadTimeout"))
    await world.start(a_step("hello"))
    await _given_to_a_person(world)
    await world.pause(f"run:{world.run_id}")
    await _ask(world, "incident-owner", "approver")
    assert _sweep(world) == Swept(settled=1)
    await world.relay()
    await world.until("SELECT reason FROM message WHERE run_id = :run", "paused")

    await world.stop()

    assert await world.outcome() is OutreachOutcome.STOPPED
    assert len(world.sms.sent) == 1
    assert world.scalar("SELECT state || ': ' || reason FROM message WHERE step = 'hello'") == "cancelled: run_ended"
    assert world.scalar("SELECT owner FROM owner_task WHERE kind = 'not_sent_again'") == "incident-owner"
