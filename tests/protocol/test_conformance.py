"""The real SQL functions do what the model does: the same steps lead to the same rows."""

import random
from collections.abc import Iterator
from itertools import count

import pytest

from models.terms import MessageState
from tests.database.world import World
from tests.protocol.designs import SAFE, Design
from tests.protocol.model import MOST_FENCES
from tests.protocol.search import Path, explore, next_moves, start_of
from tests.protocol.steps import Kind, Step
from tests.protocol.twin import Twin

WALKS, SEED = 25, 20_261_120
RARE = {Kind.CRASH, Kind.OPT_OUT, Kind.EXPIRE}
"""They end a story early; a walk takes them one time in ten."""
IN_THE_PRODUCT = {name: design for name, design in SAFE.items() if not design.absence_resends}
RICHEST = SAFE["two people send again after the horizon and a fresh list"]
numbers = count()


def _paths_to_every_change(design: Design) -> list[Path]:
    """Return a shortest path to each step that takes the ledger from one thing it can say to another.

    Third attempts are left to the walks: nothing tells them from second ones.
    """
    graph, _, _ = explore(design)
    paths: dict[tuple[object, ...], Path] = {}
    for state in graph.reached_by:
        for step, after in next_moves(state, design):
            before_and_after = (state.messages, state.opted_out, after.messages, after.opted_out)
            changes = before_and_after[:2] != before_and_after[2:] and after.messages[0].fence < MOST_FENCES
            if changes and (step.kind, *before_and_after) not in paths:
                paths[step.kind, *before_and_after] = (*graph.path_to(state), step)
    beginnings = {path[:length] for path in paths.values() for length in range(len(path))}
    return [path for path in paths.values() if path not in beginnings]


def _walks(design: Design) -> Iterator[Path]:
    luck = random.Random(SEED)
    for _ in range(WALKS):
        state = start_of(design)
        path: list[Step] = []
        while moves := sorted(next_moves(state, design), key=lambda move: repr(move[0])):
            weights = [0.1 if step.kind in RARE else 1 for step, _ in moves]
            [(step, state)] = luck.choices(moves, weights)
            path.append(step)
        yield tuple(path)


def _follow(world: World, design: Design, path: Path) -> None:
    """Do the steps of a path to the model and to the real ledger, and compare after each."""
    twin, state = Twin(world, next(numbers)), start_of(design)
    for number, step in enumerate(path, start=1):
        twin.do(step)
        state = dict(next_moves(state, design))[step]
        assert twin.standing() == state.messages[0], f"after: {_told(path[:number])}"
    if state.messages[0].state is not MessageState.READY:
        twin.ask_again()
        assert twin.standing() == state.messages[0], f"asked again after: {_told(path)}"
    twin.leave()


def _told(path: Path) -> str:
    return " > ".join(map(str, path))


def test_the_paths_take_every_step_that_the_product_has() -> None:
    paths = _paths_to_every_change(RICHEST) + [walk for design in IN_THE_PRODUCT.values() for walk in _walks(design)]

    assert {step.kind for path in paths for step in path} == set(Kind) - {Kind.LOOK, Kind.REPEAT}


def test_the_ledger_follows_the_model_through_every_change_of_its_rows(world: World) -> None:
    for path in _paths_to_every_change(RICHEST):
        _follow(world, RICHEST, path)


@pytest.mark.parametrize("name", IN_THE_PRODUCT)
def test_the_ledger_follows_the_model_on_random_walks(world: World, name: str) -> None:
    for walk in _walks(IN_THE_PRODUCT[name]):
        _follow(world, IN_THE_PRODUCT[name], walk)
