"""A history as a story: at each workflow task what was new, what the workflow decided, and what it waited for then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType, TimeoutType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from starter.comms.replaying.decisions import Decision, Kind, decided, span

NOTHING_PENDING = "a signal"


@dataclass(frozen=True)
class News:
    """Something that the workflow got to know."""

    at: datetime
    what: str
    event: int


@dataclass
class Task:
    """One workflow task. `waits_for` is what was pending once it was done."""

    at: datetime
    started: int
    news: list[News]
    decided: list[Decision]
    waits_for: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    """Attempts at this task that failed before it was done."""


class _Pending:
    """What the workflow has asked for and has not got yet, by the event that asked."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self.open: dict[int, str] = {}
        self._called: dict[int, str] = {}

    def asked(self, event: HistoryEvent, held: Any) -> None:
        name = self._names.get(event.event_id, "")
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                self._open(event, f"activity {held.activity_type.name}" + (f" ({name})" if name else ""))
            case EventType.EVENT_TYPE_TIMER_STARTED:
                lasts = span(held.start_to_fire_timeout.ToTimedelta())
                self._open(event, f"timer “{name}” of {lasts}" if name else f"timer of {lasts}")
            case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
                self._open(event, f"child workflow {held.workflow_type.name}")

    def settled(self, event: int) -> str:
        self.open.pop(event, None)
        return self._called.get(event, "something older")

    def _open(self, event: HistoryEvent, what: str) -> None:
        self.open[event.event_id] = self._called[event.event_id] = what


def timeline(history: WorkflowHistory, names: Mapping[int, str]) -> list[Task]:
    """Return every completed workflow task of a history, in order; what came after them is in a last one without decisions.

    Args:
        history: a whole one, closed or not.
        names: what timers and activities are called, by event id; see `payloads.summaries`.
    """
    pending = _Pending(names)
    held = decided([*history.events], names)
    tasks: list[Task] = []
    news: list[News] = []
    trouble: list[str] = []
    number = 0
    for event in history.events:
        attributes = getattr(event, str(event.WhichOneof("attributes")))
        at = event.event_time.ToDatetime(UTC)
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                number = event.event_id
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                _waits(tasks, pending)
                tasks.append(Task(at, number, _until(news, number), held[number], trouble=trouble))
                news, trouble = [one for one in news if one.event > number], []
            case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED | EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
                trouble = [*trouble, _trouble(event, attributes)]
            case _:
                pending.asked(event, attributes)
                news += [News(at, what, event.event_id) for what in _news(event, attributes, pending)]
    _waits(tasks, pending)
    if news or trouble:
        tasks.append(Task(news[-1].at if news else tasks[-1].at, 0, news, [], trouble=trouble))
    return tasks


def _until(news: list[News], started: int) -> list[News]:
    return [one for one in news if one.event < started]


def _waits(tasks: list[Task], pending: _Pending) -> None:
    """Say of the last task what was pending when the next came; a timer that fired before then was waited for too."""
    if tasks and not any(one.kind in _ENDS for one in tasks[-1].decided):
        last = {*pending.open.values()}
        asked = [str_of for number, str_of in pending._called.items() if number > tasks[-1].started]
        tasks[-1].waits_for = [*dict.fromkeys([*last, *asked])] or [NOTHING_PENDING]


_ENDS = {Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED, Kind.CONTINUED}


def _news(event: HistoryEvent, held: Any, pending: _Pending) -> Iterator[str]:
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            again = " in a fresh history" if held.continued_execution_run_id else ""
            yield f"{held.workflow_type.name} was started{again}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            yield f"signal {held.signal_name}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            yield f"update {held.accepted_request.input.name}"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            yield "it was asked to cancel"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            yield "it was terminated"
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
            yield "it has timed out"
        case EventType.EVENT_TYPE_TIMER_FIRED:
            yield f"{pending.settled(held.started_event_id)} is over"
        case EventType.EVENT_TYPE_TIMER_CANCELED:
            pending.settled(held.started_event_id)
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            yield f"{pending.settled(held.scheduled_event_id)} has answered"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
            kind = held.failure.application_failure_info.type or "an error"
            yield f"{pending.settled(held.scheduled_event_id)} has failed with {kind}"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            kind = TimeoutType.Name(held.failure.timeout_failure_info.timeout_type).removeprefix("TIMEOUT_TYPE_")
            yield f"{pending.settled(held.scheduled_event_id)} has timed out ({kind.lower().replace('_', ' ')})"
        case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            yield f"{pending.settled(held.scheduled_event_id)} was cancelled"
        case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
            yield f"{pending.settled(held.initiated_event_id)} has ended"
        case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
            yield f"{pending.settled(held.initiated_event_id)} has failed"
        case _:
            return


def _trouble(event: HistoryEvent, held: Any) -> str:
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return "a worker did not finish this task in time; another attempt followed"
    if held.new_run_id:
        return "the run was reset here"
    return f"an attempt at this task failed (event {event.event_id})"
