from pathlib import Path

import pytest

from models.audit import INVARIANTS
from tests.faults.scenario import chosen
from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.mutants import BY_TESTS_ALONE, MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mistake_can_still_be_made_and_is_still_python(mutant: Mutant) -> None:
    for file, text in mutant.changed_files().items():
        compile(text, file, "exec")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mistake_names_tests_that_exist(mutant: Mutant) -> None:
    assert mutant.tests
    for test in mutant.tests:
        file, _, name = test.partition("::")
        assert f"def {name}(" in Path(ROOT / file).read_text()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mistake_is_played_and_breaks_a_promise_or_is_refused_at_the_start(mutant: Mutant) -> None:
    if not mutant.scenarios:
        assert mutant in BY_TESTS_ALONE
        return
    assert chosen(list(mutant.scenarios))
    assert bool(mutant.invariants) is not bool(mutant.refused)
    assert mutant.invariants <= INVARIANTS.keys()


def test_no_two_mistakes_have_one_name() -> None:
    names = [mutant.name for mutant in MUTANTS]

    assert len(set(names)) == len(names)
