"""Remembers, while a history is replayed, every command the workflow code issues and the line that issued it.

The SDK tells of activities through interceptors, but neither of timers nor of patches. All commands pass one method of its
workflow instance, which is private; so this is the one file to look at when the SDK is raised, and its test would fail.
It is passed through the sandbox: there must be only one of it.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import iscoroutine
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Any

import temporalio
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import (
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker._workflow_instance import _WorkflowInstanceImpl
from temporalio.workflow import _Definition

from starter.comms.replaying.decisions import Decision, Kind

_NOTE = "__comms_replay_note"
_NOT_OURS = (str(Path(temporalio.__file__).parent), str(Path(json.__file__).parents[1]), __file__, "<", "site-packages")
"""Files of the SDK and of Python itself: the workflow's own code is what is left."""


@dataclass(frozen=True)
class Place:
    """A line of workflow code."""

    file: str
    line: int
    function: str


@dataclass(frozen=True)
class Issued:
    """A command, and the calls that led to it, innermost first; empty if the SDK issued it by itself."""

    decision: Decision
    places: tuple[Place, ...]


@dataclass
class Activation:
    """One time that the code was let on: up to which event, what it issued, and where it came to rest."""

    up_to: int
    issued: list[Issued] = field(default_factory=list)
    rests_at: tuple[Place, ...] = ()
    failed: str = ""
    """The class of the error with which the code itself failed; never its text, which may quote a payload."""
    failed_at: tuple[Place, ...] = ()


Note = Callable[[Activation], None]


class Recording(Interceptor):
    """Gives every workflow of a replayer the way to note what it does. Its order among interceptors does not matter."""

    def __init__(self) -> None:
        self.activations: list[Activation] = []

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:  # noqa: A002
        """Install the way out of the sandbox; nothing is intercepted."""
        input.unsafe_extern_functions[_NOTE] = self.activations.append
        return None


class RecordingRunner(WorkflowRunner):
    """Runs workflow code inside the sandbox, as the SDK's own runner does, and notes."""

    def prepare_workflow(self, defn: _Definition) -> None:
        """Nothing is to prepare."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return an instance that notes."""
        return _RecordingInstance(det)  # type: ignore[abstract]  # an event loop with the methods a workflow may use


class _RecordingInstance(_WorkflowInstanceImpl):
    def __init__(self, det: WorkflowInstanceDetails) -> None:
        super().__init__(det)
        self._outside = det.extern_functions
        self._added: list[tuple[WorkflowCommand, tuple[Place, ...]]] = []

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        self._added = []
        completion = super().activate(act)
        issued = [Issued(found, places) for command, places in self._added if (found := _issued(command))]
        error = self._current_activation_error
        note: Note = self._outside[_NOTE]
        note(Activation(act.history_length, issued, self._resting_places(), *_failure(error)))
        return completion

    def _add_command(self) -> WorkflowCommand:
        command = super()._add_command()
        self._added.append((command, _places(sys._getframe(1))))
        return command

    def _resting_places(self) -> tuple[Place, ...]:
        """Return the innermost line of our own at which each task waits."""
        return tuple(place for task in self._tasks if (place := _rests(task.get_coro())))


def _is_ours(file: str) -> bool:
    return not any(part in file for part in _NOT_OURS)


def _places(frame: FrameType | None) -> tuple[Place, ...]:
    found = []
    while frame is not None:
        if _is_ours(file := frame.f_code.co_filename):
            found.append(Place(file, frame.f_lineno, frame.f_code.co_qualname))
        frame = frame.f_back
    return tuple(found)


def _failure(error: BaseException | None) -> tuple[str, tuple[Place, ...]]:
    if error is None:
        return "", ()
    calls = reversed([*walk_tb(error.__traceback__)])
    places = (Place(frame.f_code.co_filename, line, frame.f_code.co_qualname) for frame, line in calls)
    return type(error).__name__, tuple(place for place in places if _is_ours(place.file))


def _rests(waiting: Any) -> Place | None:
    innermost = None
    while iscoroutine(waiting) and waiting.cr_frame is not None:
        innermost = next(iter(_places(waiting.cr_frame)), innermost)  # a suspended frame has no caller
        waiting = waiting.cr_await
    return innermost


def _issued(command: WorkflowCommand) -> Decision | None:
    """Return a command in the form of a history; None for what a history does not hold in this place."""
    name = str(command.WhichOneof("variant"))
    held = getattr(command, name)
    match name:
        case "schedule_activity":
            return Decision(Kind.ACTIVITY, held.activity_type, str(held.seq), purpose=_summary(command))
        case "schedule_local_activity":
            return Decision(Kind.LOCAL_ACTIVITY, held.activity_type, str(held.seq))
        case "request_cancel_activity":
            return Decision(Kind.CANCEL_ACTIVITY, number=str(held.seq))
        case "start_timer":
            return Decision(Kind.TIMER, _summary(command), str(held.seq), held.start_to_fire_timeout.ToTimedelta())
        case "cancel_timer":
            return Decision(Kind.CANCEL_TIMER, number=str(held.seq))
        case "set_patch_marker":
            return None if held.deprecated else Decision(Kind.PATCH, held.patch_id)
        case "upsert_workflow_search_attributes":
            return Decision(Kind.SEARCH_ATTRIBUTES)
        case "modify_workflow_properties":
            return Decision(Kind.MEMO)
        case "start_child_workflow_execution":
            return Decision(Kind.CHILD, held.workflow_type)
        case "signal_external_workflow_execution":
            return Decision(Kind.SIGNAL, held.signal_name)
        case "request_cancel_external_workflow_execution":
            return Decision(Kind.CANCEL_WORKFLOW)
        case "continue_as_new_workflow_execution":
            return Decision(Kind.CONTINUED)
        case "complete_workflow_execution":
            return Decision(Kind.COMPLETED)
        case "fail_workflow_execution":
            return Decision(Kind.FAILED)
        case "cancel_workflow_execution":
            return Decision(Kind.CANCELLED)
        case _:
            return None


def _summary(command: WorkflowCommand) -> str:
    written = command.user_metadata.summary.data
    return str(json.loads(written)) if written else ""
