"""A quick part of the fault suite, a test for each scenario; `make faults` plays all of it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.progress import Silent
from tests.faults.scenario import Scenario, chosen
from tests.faults.suite import Outcome, Played, play_all

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]

QUICK = ("F05", "F07w", "F16", "F18")
SCENARIOS = [one for one in chosen(list(QUICK)) if one.id in QUICK]  # an id may begin like another
SEED = 1


class _Nobody(Silent):
    def begins(self, scenario: Scenario) -> None: ...

    def ends(self, outcome: Outcome) -> None: ...


@pytest.fixture(scope="module")
async def played() -> Played:
    with TemporaryDirectory(prefix="comms-faults-", ignore_cleanup_errors=True) as state:
        return await play_all(SCENARIOS, Path(state), SEED, _Nobody())


@pytest.mark.parametrize("one", SCENARIOS, ids=lambda one: one.sentence)
async def test_it_is_survived(played: Played, one: Scenario) -> None:
    (outcome,) = (outcome for outcome in played.outcomes if outcome.scenario is one)
    assert outcome.why is None


async def test_every_invariant_holds_after_all_of_them(played: Played) -> None:
    assert played.violations == []
