"""The yardstick: the same waits, one send and one handoff that do nothing, and no service around it."""

import asyncio
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

TASK_QUEUE = "bare"
ONE_MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)


@activity.defn
def send_nothing(number: int) -> int:
    """Do nothing."""
    return number


@activity.defn
def hand_over_nothing(number: int) -> int:
    """Do nothing."""
    return number


@workflow.defn
class Bare:
    """Waits for approval, sends, waits for delivery and a reply, hands over."""

    def __init__(self) -> None:
        self._approved = self._delivered = self._replied = False

    @workflow.run
    async def run(self, number: int) -> int:
        """Run the waits."""
        await workflow.wait_condition(lambda: self._approved, timeout=ONE_DAY)
        await workflow.execute_activity(send_nothing, number, start_to_close_timeout=ONE_MINUTE)
        await workflow.wait_condition(lambda: self._delivered, timeout=ONE_DAY)
        await workflow.wait_condition(lambda: self._replied, timeout=ONE_DAY)
        return await workflow.execute_activity(hand_over_nothing, number, start_to_close_timeout=ONE_MINUTE)

    @workflow.signal
    def approve(self) -> None:
        """Approve."""
        self._approved = True

    @workflow.signal
    def delivered(self) -> None:
        """Report delivery."""
        self._delivered = True

    @workflow.signal
    def reply(self) -> None:
        """Reply."""
        self._replied = True


async def main(address: str) -> None:
    """Work until killed."""
    from concurrent.futures import ThreadPoolExecutor

    client = await Client.connect(address)
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Bare],
        activities=[send_nothing, hand_over_nothing],
        activity_executor=ThreadPoolExecutor(16),
        max_concurrent_activities=16,
    )
    print('{"ready": true}', flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
