"""Every path of a text that is tried out has a history; that each replays is asked with all others."""

import pytest

from tests.histories.record import HERE

SINCE = "v0.5.0"
PATHS = {
    "sent": "it_leaves_as_it_was_rendered",
    "not sent": "it_does_not_leave",
    "in doubt": "a_lost_answer",
    "held and let go": "a_pause_holds_the_test",
    "stopped": "a_test_that_is_held_ends_by_hand_and_never_leaves_stopped",
    "rolled back": "a_test_that_is_held_ends_by_hand_and_never_leaves_rolled_back",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_there_is_a_history_of_every_path(path: str) -> None:
    assert list((HERE / SINCE).glob(f"template_test.{path}*.json"))
