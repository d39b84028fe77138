"""The design is clean in every reachable state, and each deliberate mistake is caught: else the search would prove nothing."""

import pytest

from tests.protocol.designs import MISTAKES, SAFE, Design, Violation
from tests.protocol.model import MOST_FENCES, Message, State
from tests.protocol.search import explore, next_moves, search
from tests.protocol.steps import Kind


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_design_has_no_violation_in_any_state(name: str) -> None:
    verdict = search(SAFE[name])

    assert verdict.violation is None, str(verdict)
    assert verdict.states > 100, "the search was cut short"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_deliberate_mistake_is_caught_with_its_shortest_path(name: str) -> None:
    design, expected = MISTAKES[name]

    verdict = search(design)

    assert verdict.violation is expected, str(verdict)
    assert verdict.path[0].kind in (Kind.CLAIM, Kind.LOOK)


def test_every_kind_of_violation_is_known_to_be_caught() -> None:
    assert {violation for _, violation in MISTAKES.values()} == set(Violation)


def test_the_search_of_the_design_takes_every_step_that_it_knows() -> None:
    graph, _, _ = explore(Design())

    taken = {step.kind for state in graph.reached_by for step, _ in next_moves(state, Design())}
    assert taken == set(Kind) - {Kind.LOOK, Kind.REPEAT, Kind.SENT_AGAIN, Kind.RESET}
    assert {len(state.messages[0].attempts) for state in graph.reached_by} == set(range(MOST_FENCES + 1))


def test_a_path_is_told_in_words() -> None:
    graph, _, _ = explore(Design())
    claimed = next(state for state in graph.reached_by if state.messages[0].fence == 1)

    assert [str(step) for step in graph.path_to(claimed)] == ["worker 1 claims"]
    assert graph.path_to(State(messages=(Message(),))) == ()
