"""Any order of steps on real rows keeps every promise, and everything comes to an end.

PROTOCOL_EXAMPLES and PROTOCOL_STEPS search longer, and in other places each time: without them the same examples are
tried in every run, so that a failure is that of the change. A failure prints the shortest story that Hypothesis finds.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from tests.database.emptying import empty
from tests.database.world import World
from tests.protocol.machine import SendProtocol

EXAMPLES, STEPS = os.environ.get("PROTOCOL_EXAMPLES"), os.environ.get("PROTOCOL_STEPS")
SEARCH = settings(
    max_examples=int(EXAMPLES or 10),
    stateful_step_count=int(STEPS or 30),
    derandomize=EXAMPLES is None,
    print_blob=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def new_world(engine: Engine, database_url: str) -> Callable[[], World]:
    """Return a function that empties the database and furnishes it anew, for each example."""

    def emptied() -> World:
        empty(database_url)
        return World(engine)

    return emptied


@pytest.mark.timeout(3600 if EXAMPLES else 600)  # making a failure short takes longer than finding it
def test_no_order_of_steps_breaks_a_promise(new_world: Callable[[], World]) -> None:
    machine = type("AnyOrder", (SendProtocol,), {"new_world": staticmethod(new_world)})

    run_state_machine_as_test(machine, settings=SEARCH)

    ends = {"accepted", "unknown", "suppressed", "cancelled", "sent_again", "listed"}
    assert ends <= SendProtocol.reached, f"the search did not get to {ends - SendProtocol.reached}"
