"""Every state that can be reached, breadth first, so that the first path to a violation is a shortest one."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from models.terms import MessageState
from tests.protocol.designs import Design, Violation
from tests.protocol.model import State
from tests.protocol.outside_steps import OUTSIDE_STEPS
from tests.protocol.steps import FAULTS, Kind, Moves, Step
from tests.protocol.worker_steps import WORKER_STEPS

DID_NOT_LEAVE = frozenset({MessageState.REFUSED, MessageState.SUPPRESSED, MessageState.EXPIRED})
SETTLED = DID_NOT_LEAVE | {MessageState.ACCEPTED, MessageState.ESCALATED}

Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a search came to; `path` leads to the violation, if there is one."""

    states: int
    violation: Violation | None = None
    path: Path = ()

    def __str__(self) -> str:
        if self.violation is None:
            return f"{self.states} states, no violation"
        return f"{self.states} states, {self.violation} by: {' > '.join(map(str, self.path))}"


class Graph:
    """The states reached so far, how each was reached first, and from where it can be reached by steps that are no faults."""

    def __init__(self, start: State) -> None:
        self.reached_by: dict[State, tuple[State, Step] | None] = {start: None}
        self.came_from: dict[State, list[State]] = {start: []}

    def add(self, before: State, step: Step, after: State) -> bool:
        """Return whether `after` is new."""
        is_new = after not in self.reached_by
        if is_new:
            self.reached_by[after] = before, step
            self.came_from[after] = []
        if step.kind not in FAULTS:
            self.came_from[after].append(before)
        return is_new

    def path_to(self, state: State) -> Path:
        steps = []
        while (reached := self.reached_by[state]) is not None:
            state, step = reached
            steps.append(step)
        return tuple(reversed(steps))


def start_of(design: Design) -> State:
    return State(resets_left=design.resets)


def next_moves(state: State, design: Design) -> Moves:
    """Return every step that may come next, and what it leads to. Steps that change nothing are left out."""
    for steps_of in (*WORKER_STEPS, *OUTSIDE_STEPS):
        for step, after in steps_of(state, design):
            if after != state:
                yield step, after


def search(design: Design) -> Verdict:
    """Look at every state; stop at the first violation."""
    graph, violation, state = explore(design)
    if violation is not None:
        return Verdict(len(graph.reached_by), violation, graph.path_to(state))
    lost = _without_an_end(graph, design)
    if lost is not None:
        return Verdict(len(graph.reached_by), Violation.SILENT_LOSS, graph.path_to(lost))
    return Verdict(len(graph.reached_by))


def explore(design: Design) -> tuple[Graph, Violation | None, State]:
    """Return the graph, and the first violation with its state."""
    state = start_of(design)
    graph, queue = Graph(state), deque([state])
    while queue:
        state = queue.popleft()
        moves = tuple(next_moves(state, design))
        violation = _violation(state, moves)
        if violation is not None:
            return graph, violation, state
        queue.extend(after for step, after in moves if graph.add(state, step, after))
    return graph, None, state


def _violation(state: State, moves: Iterable[tuple[Step, State]]) -> Violation | None:
    if len(state.accepted) > 1:
        return Violation.DUPLICATE
    if state.claimed_after_opt_out:
        return Violation.CLAIM_AFTER_OPT_OUT
    correctable = {step.message for step, _ in moves if step.kind is Kind.CALLBACK}
    for number, message in enumerate(state.messages):
        left = state.provider_has(number)
        if message.state is MessageState.ACCEPTED and not left:
            return Violation.FALSE_SENT
        if message.state in DID_NOT_LEAVE and left and number not in correctable:
            return Violation.WRONG_REFUSED
    return None


def _without_an_end(graph: Graph, design: Design) -> State | None:
    """Return a state from which no steps lead to a settled one, of those the first in which nothing can happen any more."""
    ends = [state for state in graph.reached_by if all(message.state in SETTLED for message in state.messages)]
    hopeful, queue = set(ends), deque(ends)
    while queue:
        for before in graph.came_from[queue.popleft()]:
            if before not in hopeful:
                hopeful.add(before)
                queue.append(before)
    lost = [state for state in graph.reached_by if state not in hopeful]
    stuck = (s for s in lost if all(step.kind in FAULTS for step, _ in next_moves(s, design)))
    return next(stuck, lost[0] if lost else None)
