"""What a replay comes to, in words and as JSON."""

import linecache
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from starter.comms.replaying.comparing import Difference
from starter.comms.replaying.decisions import Decision
from starter.comms.replaying.histories import Unreadable
from starter.comms.replaying.recording import Issued, Place

_SDK = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_OWN_WORDS = "[TMPRL1100]"
"""What the SDK says about non-determinism names events and types only; what it says of other failures may quote payloads."""


class Outcome(StrEnum):
    """How a replay ended."""

    OK = "ok"
    CHANGED = "changed"
    """Temporal goes on, but a timer would run for another time."""
    DIVERGED = "diverged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Verdict:
    """The outcome of one history."""

    workflow_id: str
    workflow: str
    outcome: Outcome
    events: int = 0
    difference: Difference | None = None
    failure: str = ""
    """What the SDK said, or with which class of error the code failed. Holds no payload."""
    changed: list[tuple[Decision, Issued]] = field(default_factory=list)
    unreadable: Unreadable | None = None
    failed_at: tuple[Place, ...] = ()
    """The calls that led to the failure of the code itself, innermost first."""

    @property
    def spot(self) -> str:
        """Where it goes wrong, in one line, so that many can be counted by it."""
        if self.unreadable:
            return str(self.unreadable)
        if self.difference is None:
            return f"{self.failure} at {_at(self.failed_at)}" if self.failed_at else self.failure
        line = next(iter(_lines(self.difference)), None)
        what = f"{_held(self.difference.held)}, now {_now(self.difference.issued)}"
        return f"{what}, at {shown(line)}" if line else what


def told(verdict: Verdict) -> str:
    """Return the whole of it for a person, over several lines."""
    if verdict.outcome is Outcome.UNREADABLE:
        return f"It could not be replayed: {verdict.failure or verdict.unreadable}."
    lines = [f"timer: {before} before, {now.decision} now, at {_at(now.places)}" for before, now in verdict.changed]
    if verdict.outcome is Outcome.CHANGED:
        return "\n".join(["Temporal accepts this code; runs under way keep the timers they have.", *lines])
    if verdict.difference is None:
        return "\n".join([f"The present code fails on it: {verdict.failure}", *_calls(verdict.failed_at)])
    return "\n".join([*_difference(verdict.difference), *([verdict.failure] if verdict.failure else [])])


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return it for programs."""
    difference = verdict.difference
    return {
        "workflow_id": verdict.workflow_id,
        "workflow": verdict.workflow,
        "outcome": verdict.outcome,
        "events": verdict.events,
        "unreadable": verdict.unreadable,
        "failure": verdict.failure or None,
        "failed_at": [shown(place) for place in verdict.failed_at],
        "changed_timers": [
            {"was": str(before), "is": str(now.decision), "at": _at(now.places)} for before, now in verdict.changed
        ],
        "difference": difference
        and {
            "task_started_event": difference.task,
            "event": difference.held.event if difference.held else None,
            "history": str(difference.held) if difference.held else None,
            "code": str(difference.issued.decision) if difference.issued else None,
            "calls": [shown(place) for place in _lines(difference)],
        },
    }


def said_by_sdk(failure: Exception) -> str:
    """Return the part of the SDK's message that is its own; empty if it may quote a payload."""
    found = _SDK.search(str(failure))
    text = found[1] if found else str(failure)
    return text.replace('\\"', '"') if text.startswith(_OWN_WORDS) else ""


def shown(place: Place) -> str:
    """Return a line of code as an editor opens it: `workflows/ending.py:41 in EndingRun._close`."""
    path = Path(place.file)
    near = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{near}:{place.line} in {place.function}"


def _difference(difference: Difference) -> list[str]:
    issued, before = difference.issued, difference.before
    event = f" (event {difference.held.event})" if difference.held else ""
    found = [
        f"It first differs in the workflow task of event {difference.task}.",
        f"  the history holds   {_held(difference.held)}{event}",
        f"  the code does       {_now(issued)}",
    ]
    places = _lines(difference)
    if issued is None and not places and before is not None:
        found.append(f"  after               {before.decision}")
        places = before.places
    return [*found, *_calls(places)]


def _calls(places: tuple[Place, ...]) -> list[str]:
    found = []
    for depth, place in enumerate(places):
        text = linecache.getline(place.file, place.line).strip()
        found.append(f"    {'from' if depth else 'at  '} {shown(place)}" + (f"\n           {text}" if text else ""))
    return found


def _held(held: Decision | None) -> str:
    return str(held) if held else "nothing more"


def _now(issued: Issued | None) -> str:
    return str(issued.decision) if issued else "nothing: it waits, or has ended"


def _lines(difference: Difference) -> tuple[Place, ...]:
    return difference.issued.places if difference.issued else difference.rests_at


def _at(places: tuple[Place, ...]) -> str:
    return shown(places[0]) if places else "a line that is not ours"
