"""What came in is read by the run it is for, also if its nudge was lost."""

from sqlalchemy import text

from models.database.engine import transaction
from models.database.inbound import inbox, unread
from models.database.inbound.inbox import InboundText
from models.terms import OutreachOutcome
from tests.workflows.world import PHONE, World, a_step

LONG = 60.0
STATES = "SELECT string_agg(DISTINCT state, ' ') FROM inbox WHERE run_id = :run"


async def test_a_run_has_read_what_came_in_once_it_has_looked(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.reply("Liked “Hello”")
    await world.until(STATES, "done")
    await world.reply("How much is it?")

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert world.scalar(STATES) == "done"


async def test_a_run_whose_nudge_was_lost_is_told_again(world: World) -> None:
    await world.start(a_step("hello", listens=LONG))
    await world.until_sent()
    await world.relay()
    with transaction(world.engine) as session:
        inbox.receive_text(session, world.ring, InboundText("SM1", PHONE, "How much is it?", None, b"raw"))
        session.execute(text("DELETE FROM outbox"))
    assert world.scalar(STATES) == "waiting"

    unread.sweep(world.engine, patience=0)

    assert await world.outcome() is OutreachOutcome.REPLIED
    assert world.scalar(STATES) == "done"
