"""Running recorded histories through the workflows of this version."""

from collections.abc import AsyncIterator, Sequence

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import NondeterminismError

from models.payloads import data_converter
from models.sealing import KeyRing
from starter.comms.replaying import recording
from starter.comms.replaying.comparing import changed_timers, first_difference
from starter.comms.replaying.decisions import decided
from starter.comms.replaying.histories import Unreadable, type_of
from starter.comms.replaying.payloads import missing_keys, summaries
from starter.comms.replaying.recording import Activation, Recording, RecordingRunner
from starter.comms.replaying.verdicts import Outcome, Verdict, said_by_sdk
from workflows.guard import Guard
from workflows.registry import WORKFLOWS

ATTEMPTS = 3
_TOO_SLOW = "TMPRL1101"
"""The SDK gives workflow code two seconds to yield, which a busy machine may take to load it."""


class Replays:
    """Replays one history after the other with the present code. Changes nothing, on a server or here.

    Args:
        ring: opens the payloads.
        workflows: the code; all of this service's if left out.
    """

    def __init__(self, ring: KeyRing, workflows: Sequence[type] = WORKFLOWS) -> None:
        self._ring = ring
        self._names = {getattr(one, "__temporal_workflow_definition").name for one in workflows}  # noqa: B009
        self._recording = Recording()
        self._replayer = _replayer(data_converter(ring), workflows, self._recording)

    async def each(self, histories: AsyncIterator[WorkflowHistory]) -> AsyncIterator[Verdict]:
        """Yield the verdict on each history; those on which the machine was too slow come last, tried again."""
        slow: list[WorkflowHistory] = []
        async for verdict in self._each(histories, slow):
            yield verdict
        for attempt in range(ATTEMPTS):
            again, slow = slow, []
            async for verdict in self._each(_given(again), slow if attempt < ATTEMPTS - 1 else None):
                yield verdict
            if not slow:
                return

    async def _each(
        self, histories: AsyncIterator[WorkflowHistory], slow: list[WorkflowHistory] | None
    ) -> AsyncIterator[Verdict]:
        """Replay once; what did not yield in time is put into `slow`, or told if there is no such list."""
        refused: list[Verdict] = []

        async def readable() -> AsyncIterator[WorkflowHistory]:
            async for history in histories:
                if (verdict := self._unreadable(history)) is None:
                    yield history
                else:
                    refused.append(verdict)

        async with self._replayer.workflow_replay_iterator(readable()) as results:
            async for result in results:
                activations = [*self._recording.activations]
                self._recording.activations.clear()
                while refused:
                    yield refused.pop(0)
                if slow is not None and _TOO_SLOW in str(result.replay_failure):
                    slow.append(result.history)
                    continue
                yield await self._verdict(result.history, result.replay_failure, activations)
        for verdict in refused:
            yield verdict

    async def one(self, history: WorkflowHistory) -> Verdict:
        """Return the verdict on a history."""
        return [verdict async for verdict in self.each(_given([history]))][0]

    def _unreadable(self, history: WorkflowHistory) -> Verdict | None:
        name = type_of(history)
        if name not in self._names:
            why, said = Unreadable.UNKNOWN, f"this code has no workflow {name!r}"
        elif missing := missing_keys(history, self._ring):
            why, said = Unreadable.NO_KEY, f"it is sealed with {', '.join(missing)}, see COMMS_KEYS__SEALING"
        else:
            return None
        return Verdict(history.workflow_id, name, Outcome.UNREADABLE, len(history.events), failure=said, unreadable=why)

    async def _verdict(
        self, history: WorkflowHistory, failure: Exception | None, activations: list[Activation]
    ) -> Verdict:
        names = await summaries(history, self._ring)
        held = decided([*history.events], names)
        about = (history.workflow_id, type_of(history))
        events = len(history.events)
        if failure is None:
            changed = changed_timers(held, activations)
            return Verdict(*about, Outcome.CHANGED if changed else Outcome.OK, events, changed=changed)
        if _TOO_SLOW in str(failure):
            why = Unreadable.TOO_SLOW
            return Verdict(*about, Outcome.UNREADABLE, events, failure=why, unreadable=why)
        said = said_by_sdk(failure)
        if not isinstance(failure, NondeterminismError):
            broken = next((one for one in reversed(activations) if one.failed), None)
            said = said or (broken.failed if broken else type(failure).__name__)
            return Verdict(*about, Outcome.DIVERGED, events, None, said, failed_at=broken.failed_at if broken else ())
        return Verdict(*about, Outcome.DIVERGED, events, first_difference(held, activations), said)


async def _given(histories: Sequence[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history


def _replayer(converter: DataConverter, workflows: Sequence[type], noting: Recording) -> Replayer:
    only_one = SandboxRestrictions.default.with_passthrough_modules(recording.__name__)
    # The SDK writes every failure of a replay to stderr, payloads included; the verdict says it.
    silent = TelemetryConfig(logging=LoggingConfig(filter=TelemetryFilter(core_level="OFF", other_level="OFF")))
    return Replayer(
        workflows=workflows,
        interceptors=[Guard(), noting],
        data_converter=converter,
        workflow_runner=SandboxedWorkflowRunner(only_one, RecordingRunner),
        runtime=Runtime(telemetry=silent),
    )
