"""What a workflow decides, in one form, whether the code has just issued it or a history holds it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

PATCHES = "TemporalChangeVersion"
"""The search attribute by which the server lists patches; the SDK sets it, no workflow does."""


class Kind(StrEnum):
    """What kind of command it is."""

    ACTIVITY = "activity"
    LOCAL_ACTIVITY = "local activity"
    CANCEL_ACTIVITY = "cancelling an activity"
    TIMER = "timer"
    CANCEL_TIMER = "cancelling a timer"
    PATCH = "patch"
    SEARCH_ATTRIBUTES = "search attributes"
    MEMO = "memo"
    CHILD = "child workflow"
    SIGNAL = "signal to another workflow"
    CANCEL_WORKFLOW = "cancelling another workflow"
    CONTINUED = "continuing as new"
    COMPLETED = "completing"
    FAILED = "failing"
    CANCELLED = "ending as cancelled"


@dataclass(frozen=True)
class Decision:
    """One command."""

    kind: Kind
    name: str = ""
    """Of an activity its type; of a timer what the workflow calls it."""
    number: str = ""
    """The SDK's own, of an activity or a timer."""
    lasts: timedelta | None = None
    """How long a timer runs."""
    event: int = 0
    """The event that holds it, of a history."""
    purpose: str = ""
    """What the workflow says an activity is for."""

    def agrees(self, other: "Decision") -> bool:
        """Say whether Temporal takes one for the other: kind and name; a timer has no name there."""
        return self.kind is other.kind and (self.name == other.name or self.kind in _NAMELESS)

    def __str__(self) -> str:
        """Return it as people say it: `activity send`."""
        if self.lasts is not None:
            return f"timer “{self.name}” of {span(self.lasts)}" if self.name else f"timer of {span(self.lasts)}"
        if self.kind is Kind.CANCEL_TIMER and self.name:
            return f"{self.kind} “{self.name}”"
        return f"{self.kind} {self.name}".rstrip() + (f" ({self.purpose})" if self.purpose else "")


def span(lasts: timedelta) -> str:
    """Return a duration as people say it, to its two largest units: `2 d 3 h`."""
    seconds = lasts.total_seconds()
    if seconds < 10:
        return f"{seconds:.3g} s"
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count:.0f} {unit}")
    return " ".join(parts[:2])


_NAMELESS = {Kind.TIMER, Kind.CANCEL_TIMER, Kind.CANCEL_ACTIVITY}
UNORDERED = {Kind.LOCAL_ACTIVITY, Kind.PATCH}
"""Their markers stand where they were resolved, not where they were asked for."""


def decided(events: list[HistoryEvent], names: Mapping[int, str]) -> dict[int, list[Decision]]:
    """Return what a history holds of each workflow task, by the id of the event that started the task.

    Args:
        events: the history.
        names: what timers and activities are called, by event id, as far as that can be read.
    """
    tasks: dict[int, list[Decision]] = {}
    timers: dict[str, str] = {}
    activities: dict[int, str] = {}
    started = completed = 0
    # What a task decided stands behind its completion. Not every server says in the events to which task they belong.
    for event in events:
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
                started = event.event_id
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                completed = started
                tasks[completed] = []
            case _ if completed:
                tasks[completed] += _decision(event, names, timers, activities)
            case _:
                continue
    return tasks


def _attributes(event: HistoryEvent) -> Any:
    return getattr(event, str(event.WhichOneof("attributes")))


def _decision(
    event: HistoryEvent, names: Mapping[int, str], timers: dict[str, str], activities: dict[int, str]
) -> Iterator[Decision]:
    held, number = _attributes(event), event.event_id
    match event.event_type:
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            activities[number] = held.activity_type.name
            purpose = names.get(number, "")
            yield Decision(Kind.ACTIVITY, held.activity_type.name, held.activity_id, event=number, purpose=purpose)
        case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
            yield Decision(Kind.CANCEL_ACTIVITY, activities.get(held.scheduled_event_id, ""), event=number)
        case EventType.EVENT_TYPE_TIMER_STARTED:
            timers[held.timer_id] = names.get(number, "")
            lasts = held.start_to_fire_timeout.ToTimedelta()
            yield Decision(Kind.TIMER, names.get(number, ""), held.timer_id, lasts, number)
        case EventType.EVENT_TYPE_TIMER_CANCELED:
            yield Decision(Kind.CANCEL_TIMER, timers.get(held.timer_id, ""), held.timer_id, event=number)
        case EventType.EVENT_TYPE_MARKER_RECORDED:
            yield from marked(held.marker_name, held.details, number)
        case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            if PATCHES not in held.search_attributes.indexed_fields:
                yield Decision(Kind.SEARCH_ATTRIBUTES, event=number)
        case EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:
            yield Decision(Kind.MEMO, event=number)
        case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
            yield Decision(Kind.CHILD, held.workflow_type.name, event=number)
        case EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            yield Decision(Kind.SIGNAL, held.signal_name, event=number)
        case EventType.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
            yield Decision(Kind.CANCEL_WORKFLOW, event=number)
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            yield Decision(Kind.CONTINUED, event=number)
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            yield Decision(Kind.COMPLETED, event=number)
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            yield Decision(Kind.FAILED, event=number)
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            yield Decision(Kind.CANCELLED, event=number)
        case _:
            return


def marked(marker: str, details: Mapping[str, Payloads], event: int) -> Iterator[Decision]:
    """Yield what a marker of the SDK stands for; nothing if it is none that we know."""
    if marker == "core_local_activity" and "data" in details:
        said = json.loads(details["data"].payloads[0].data)
        yield Decision(Kind.LOCAL_ACTIVITY, said["activity_type"], str(said["seq"]), event=event)
    elif marker == "core_patch" and "patch-data" in details:
        said = json.loads(details["patch-data"].payloads[0].data)
        if not said.get("deprecated"):
            yield Decision(Kind.PATCH, said["id"], event=event)
