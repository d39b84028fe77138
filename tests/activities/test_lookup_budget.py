import logging

import pytest

from activities.lookup_budget import LookupBudget


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("per_minute", [1, 6, 60, 600])
def test_no_more_than_the_budget_is_taken_in_any_hour(per_minute: int) -> None:
    clock = Clock()
    budget = LookupBudget(per_minute, clock)
    taken = 0
    for _ in range(3600):
        taken += sum(budget.take() for _ in range(50))
        clock.now += 1

    assert 59 * per_minute <= taken <= 60 * per_minute + max(1, per_minute // 6)


def test_a_rest_that_was_asked_for_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    budget = LookupBudget(60, clock)
    budget.rest(30)
    budget.rest(5)

    clock.now += 29.9
    assert not budget.take()
    clock.now += 0.2
    assert budget.take()


def test_a_shortage_that_lasts_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    budget = LookupBudget(60, clock)

    with caplog.at_level(logging.WARNING, "worker"):
        for _ in range(36):  # three minutes of sweeps
            budget.note(7)
            clock.now += 5
        assert len(caplog.records) == 2
        budget.note(0)
        clock.now += 59
        budget.note(7)

    assert len(caplog.records) == 2
    assert caplog.records[0].__dict__["put_off"] == 7
