"""Numbers with their nouns."""

import pytest

from models.plurals import counted


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1200, "1,200 runs")], ids=lambda one: str(one)
)
def test_only_one_thing_is_told_in_the_singular(count: int, said: str) -> None:
    assert counted(count, "run") == said


def test_what_has_another_plural_brings_it() -> None:
    assert [counted(count, "person", "people") for count in (1, 2)] == ["1 person", "2 people"]
