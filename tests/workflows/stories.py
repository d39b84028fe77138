"""What may happen to a run, with a change of its history in the middle."""

from collections.abc import Awaitable, Callable

from models.delivery import Delivery
from models.failure_classes import FailureClass
from models.provider_answers import lost_answer
from tests.workflows.world import World, a_step

ChangeOfHistory = Callable[[World], Awaitable[None]]


async def a_lost_answer_and_a_callback(world: World, change_history: ChangeOfHistory) -> None:
    """The answer is lost; in another history, a callback tells what became of the message."""
    world.sms.will(lost_answer("ReadTimeout"))
    await world.start(a_step("hello", listens=0.5))
    await world.until("SELECT state FROM message WHERE run_id = :run", "unknown")
    await change_history(world)
    await world.until_details("may or may not have left")
    await world.reports(Delivery.SENT)


async def two_failed_deliveries(world: World, change_history: ChangeOfHistory) -> None:
    """Delivery fails in a way that may pass; in another history, that of the one repeat fails too."""
    await world.start(a_step("hello", listens=60))
    await world.until_sent()
    await world.reports(Delivery.UNDELIVERED, FailureClass.TRANSIENT, reason="30003")
    await world.until_sent(2)
    await change_history(world)
    await world.until_details("Step hello was sent")
    await world.reports(Delivery.UNDELIVERED, FailureClass.TRANSIENT, reason="30003")
