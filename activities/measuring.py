"""Counting what is sent and what is held, around the channels and the activities, which know nothing of it."""

import time
from typing import Any

from temporalio.common import MetricMeter
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.ports import Channel
from models.provider_answers import Answer
from models.sending import Envelope, Held, InDoubt, NotSent, Sent
from models.terms import Channel as ChannelName


class MeasuredChannel:
    """A channel whose calls are counted by what they came to.

    Args:
        channel: makes the calls.
        name: how it is called in the metrics.
        meter: where it is counted.
    """

    def __init__(self, channel: Channel, name: ChannelName, meter: MetricMeter) -> None:
        self._channel = channel
        self._name = name.value
        self._calls = meter.create_counter("comms_provider_calls", "Calls that send, by what their answer proves.")
        self._seconds = meter.create_histogram_float("comms_provider_call_seconds", "How long they took.", "s")

    def send(self, envelope: Envelope) -> Answer:
        """Make one call. Raises nothing."""
        began = time.monotonic()
        answer = self._channel.send(envelope)
        self._seconds.record(time.monotonic() - began, {"channel": self._name})
        self._calls.add(1, {"channel": self._name, "answer": answer.kind.value, "code": answer.code or ""})
        return answer


class MeasuredResults(Interceptor):
    """Counts the results of sending: sent, in doubt, held or never sent, with the reason."""

    def __init__(self, meter: MetricMeter) -> None:
        self._counter = meter.create_counter("comms_send_results", "Results of asking for a message, by reason.")

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Return the counter around the activity."""
        counter = self._counter

        class Counting(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
                result = await super().execute_activity(input)
                if isinstance(result, Sent | Held | InDoubt | NotSent):
                    reason = result.reason.value if isinstance(result, Held | NotSent) else ""
                    counter.add(1, {"result": result.kind, "reason": reason})
                return result

        return Counting(next)
