"""Where what the code issues first differs from what the history holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starter.comms.replaying.decisions import UNORDERED, Decision, Kind
from starter.comms.replaying.recording import Activation, Issued, Place

_PAIRS = {Kind.CANCEL_TIMER: Kind.TIMER, Kind.CANCEL_ACTIVITY: Kind.ACTIVITY}


@dataclass(frozen=True)
class Difference:
    """The first command that differs, of one workflow task."""

    task: int
    """The event that started the workflow task."""
    held: Decision | None
    """What the history holds; None if it holds nothing more of this task."""
    issued: Issued | None
    """What the code does in its place; None if it issues nothing."""
    before: Issued | None
    """The last command on which both agreed."""
    rests_at: tuple[Place, ...] = ()
    """Where the code waits, if it issues nothing."""


def first_difference(held: Mapping[int, list[Decision]], activations: Iterable[Activation]) -> Difference | None:
    """Return the first difference; None if the code issued, of all tasks it came to, what the history holds."""
    before: Issued | None = None
    for task, several in _by_task(activations).items():
        issued = _without_withdrawn([one for activation in several for one in activation.issued])
        remaining = list(held.get(task, []))
        for one in issued:
            found = _counterpart(one.decision, remaining)
            if found is None:
                if task not in held:  # not completed in the history, so it holds nothing to compare with
                    break
                return Difference(task, remaining[0] if remaining else None, one, before)
            remaining.remove(found)
            before = one
        if remaining:
            return Difference(task, remaining[0], None, before, several[-1].rests_at)
    return None


def changed_timers(
    held: Mapping[int, list[Decision]], activations: Iterable[Activation]
) -> list[tuple[Decision, Issued]]:
    """Return the timers that run for another time now. Temporal accepts that; those under way keep their time."""
    told = {one.number: one for decisions in held.values() for one in decisions if one.kind is Kind.TIMER}
    issued = (one for activation in activations for one in activation.issued if one.decision.kind is Kind.TIMER)
    pairs = ((told[one.decision.number], one) for one in issued if one.decision.number in told)
    return [(before, now) for before, now in pairs if before.lasts != now.decision.lasts]


def _by_task(activations: Iterable[Activation]) -> dict[int, list[Activation]]:
    tasks: defaultdict[int, list[Activation]] = defaultdict(list)
    for activation in activations:
        if activation.issued or activation.rests_at:
            tasks[activation.up_to].append(activation)
    return dict(tasks)


def _without_withdrawn(issued: list[Issued]) -> list[Issued]:
    """Leave out what was started and cancelled within one task: neither reaches the server."""
    known = {(one.decision.kind, one.decision.number) for one in issued}
    withdrawn = {
        key
        for cancel, start in _PAIRS.items()
        for kind, number in known
        if kind is cancel and (start, number) in known
        for key in ((cancel, number), (start, number))
    }
    return [one for one in issued if (one.decision.kind, one.decision.number) not in withdrawn]


def _counterpart(issued: Decision, remaining: list[Decision]) -> Decision | None:
    if issued.kind in UNORDERED:
        return next((one for one in remaining if one.agrees(issued)), None)
    found = next((one for one in remaining if one.kind not in UNORDERED), None)
    return found if found is not None and found.agrees(issued) else None
