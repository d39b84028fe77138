from datetime import timedelta

import pytest

from models.handoff import LONGEST_WAIT_OF_A_RUN, RECORD_WAITS, WEB_HOOK_WAITS, wait_after

HOUR = timedelta(hours=1)


def test_a_web_hook_is_repeated_after_the_published_waits_and_then_a_persons() -> None:
    waits = [wait_after(failures, WEB_HOOK_WAITS) for failures in range(1, 11)]

    seconds, minutes, hours = timedelta(seconds=5), timedelta(minutes=5), (0.5, 2, 5, 10, 14, 20, 24)
    assert waits == [seconds, minutes, *(HOUR * number for number in hours), None]


@pytest.mark.parametrize("waits", [RECORD_WAITS, WEB_HOOK_WAITS])
def test_a_person_is_told_after_three_days(waits: tuple[timedelta, ...]) -> None:
    assert timedelta(days=3) < sum(waits, timedelta(0)) < timedelta(days=4)


def test_a_wait_may_be_lengthened_by_the_crm_but_never_shortened_and_never_beyond_a_day() -> None:
    assert wait_after(1, WEB_HOOK_WAITS, asked_for=HOUR) == HOUR
    assert wait_after(4, WEB_HOOK_WAITS, asked_for=HOUR) == 2 * HOUR
    assert wait_after(1, WEB_HOOK_WAITS, asked_for=1000 * HOUR) == 24 * HOUR


def test_a_run_waits_only_for_the_short_ones() -> None:
    assert [wait for wait in WEB_HOOK_WAITS if wait <= LONGEST_WAIT_OF_A_RUN] == list(WEB_HOOK_WAITS[:2])
