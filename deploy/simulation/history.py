"""What a workflow's history says of its waits, and whether there is something left to do before time may go on."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle


class Wait(NamedTuple):
    """One timer of a workflow: what it waits for, from when until when (UTC), and whether it is running."""

    waits_for: str
    began: datetime
    until: datetime
    is_running: bool


class Seen(NamedTuple):
    """A history so far."""

    waits: list[Wait]
    is_busy: bool
    """Whether a workflow task or an activity has not ended."""
    has_ended: bool


async def look(client: Client, handle: WorkflowHandle[Any, Any]) -> Seen:
    """Read the newest history under a workflow id."""
    history = await handle.fetch_history()
    timers: dict[int, tuple[HistoryEvent, bool]] = {}
    tasks, activities = 0, set[int]()
    for event in history.events:
        match event.event_type:
            case EventType.EVENT_TYPE_TIMER_STARTED:
                timers[event.event_id] = (event, True)
            case EventType.EVENT_TYPE_TIMER_FIRED:
                _end(timers, event.timer_fired_event_attributes.started_event_id)
            case EventType.EVENT_TYPE_TIMER_CANCELED:
                _end(timers, event.timer_canceled_event_attributes.started_event_id)
            case EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
                tasks = event.event_id
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                tasks = 0
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                activities.add(event.event_id)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                activities.discard(event.activity_task_completed_event_attributes.scheduled_event_id)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
                activities.discard(event.activity_task_failed_event_attributes.scheduled_event_id)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
                activities.discard(event.activity_task_canceled_event_attributes.scheduled_event_id)
    waits = [await _wait(client, event, running) for event, running in timers.values()]
    return Seen(waits, bool(tasks or activities), _has_ended(history.events[-1]))


def _end(timers: dict[int, tuple[HistoryEvent, bool]], started: int) -> None:
    timers[started] = (timers[started][0], False)


async def _wait(client: Client, event: HistoryEvent, running: bool) -> Wait:
    began = event.event_time.ToDatetime(tzinfo=UTC)
    lasts: timedelta = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
    summary = await client.data_converter.decode([event.user_metadata.summary])
    return Wait(str(summary[0]), began, began + lasts, running)


def _has_ended(event: HistoryEvent) -> bool:
    return event.event_type in (
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
    )
