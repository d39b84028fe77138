"""A lead who has said to be away is waited for."""

from datetime import UTC, datetime, timedelta

from models.terms import Channel, OutreachOutcome
from tests.workflows.world import World, a_step


async def test_a_run_waits_until_its_lead_is_back_and_sends_nothing_meanwhile(world: World) -> None:
    await world.start(a_step("hello", listens=1), a_step("again", listens=1))
    await world.until_sent()
    back = datetime.now(UTC) + timedelta(days=3)
    await world.reply(f"I am out of the office until {back:%B %d, %Y}.")
    await world.until_details("The lead is away until")

    assert world.scalar("SELECT closed_at FROM run WHERE id = :run") is None
    assert len(world.sms.sent) == 1
    assert [event.kind for event in world.events("absence_noted")] == ["absence_noted"]

    await world.reply("I am back, can you come on Tuesday?")
    assert await world.outcome() is OutreachOutcome.REPLIED
    assert len(world.sms.sent) == 1


async def test_a_reply_of_a_machine_without_a_date_changes_nothing(world: World) -> None:
    await world.start(a_step("hello", listens=2), a_step("letter", Channel.EMAIL))
    await world.until_sent()
    await world.reply("This is an automated message. This number is not monitored.")

    assert await world.outcome() is OutreachOutcome.NO_RESPONSE
    assert (len(world.sms.sent), len(world.email.sent)) == (1, 1)
