"""Every path of a review request has a history, and an edit that would break one is noticed."""

import pytest
from temporalio.workflow import NondeterminismError

from tests.histories.looks_once_more import LooksOnceMore
from tests.histories.record import HERE
from tests.histories.test_replay import replay

SINCE = "v0.4.0"
PATHS = {
    "silent": "a_customer_is_asked_by_text_reminded",
    "reviewed": "a_review_ends_it_alike",
    "thanked": "thanks_go_to",
    "replied": "an_answer_ends",
    "complained": "a_complaint_opens",
    "opted out": "an_opt_out_ends",
    "not asked": "who_must_not_be_asked",
    "cancelled": "a_refund_after",
    "delayed by a complaint": "an_open_complaint_delays",
    "put off to another day": "on_a_full_day",
    "other channel": "a_number_that_takes_no_texts",
    "failed": "a_request_that_reaches_nobody",
    "in doubt": "a_request_in_doubt",
    "approved": "nothing_is_sent_before",
    "rejected": "a_typed_code_decides",
    "paused": "a_paused_client",
    "rolled back": "a_rollback_leaves",
    "continued as new": "a_request_that_has_outgrown",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_there_is_a_history_of_every_path(path: str) -> None:
    assert list((HERE / SINCE).glob(f"review_request.{path}*.json"))


async def test_a_look_at_another_place_is_noticed() -> None:
    [path] = (HERE / SINCE).glob(f"review_request.{PATHS['silent']}*.json")
    with pytest.raises(NondeterminismError):
        await replay(path, path.read_text(), LooksOnceMore)
