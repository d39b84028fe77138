"""Every path of each kind of workflow has a history; that each replays is asked with all others.

Those of a sequence are asked for in every version, see `test_replay`.
"""

import pytest

from tests.histories.record import HERE

SINCE = {"review_request": "v0.4.0", "report_digest": "v0.4.0", "incident_notice": "v0.4.0", "template_test": "v0.5.0"}
PATHS = {
    "review_request": {
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
    },
    "report_digest": {
        "viewed": "a_digest_is_read_reviewed_published",
        "reviewed in the other order": "the_reviews_may_come_in_either_order",
        "rejected": "a_rejection_ends_it",
        "nobody decides": "reviewers_who_do_not_decide",
        "a source is behind": "a_source_that_is_behind",
        "made with caveats": "at_its_latest_day",
        "a source is silent": "a_source_that_does_not_answer",
        "held until connected": "a_required_source_that_is_missing",
        "held for good": "one_that_nobody_connects",
        "access lost": "lost_access_holds",
        "nobody receives it": "nobody_who_receives_reports",
        "unread": "an_unread_report_gets_one_reminder",
        "read after the reminder": "a_report_that_is_read_after",
        "opted out": "somebody_who_opted_out",
        "paused": "a_pause_holds_the_messages",
        "stopped": "a_stop_ends_it",
        "stopped before its start": "a_stop_that_came_before",
        "rolled back": "a_rollback_withdraws",
        "blocked wording": "wording_that_holds_what_nobody_may_see",
        "unreadable signal": "what_is_typed_in_the_temporal_ui",
    },
    "incident_notice": {
        "summarised": "a_client_is_told_updated",
        "free words": "free_words_reach_nobody",
        "refused and replaced": "a_refused_wording_goes_back",
        "promise passed": "an_owner_who_lets_a_promise_pass",
        "paused by hand": "a_pause_by_hand",
        "no summary": "a_summary_that_nobody_writes",
        "opened again": "it_is_opened_again",
        "resume rejected": "a_resume_that_is_rejected",
        "stopped": "a_stop_ends_it",
        "rolled back": "a_rollback_withdraws",
    },
    "template_test": {
        "sent": "it_leaves_as_it_was_rendered",
        "not sent": "it_does_not_leave",
        "in doubt": "a_lost_answer",
        "held and let go": "a_pause_holds_the_test",
        "stopped": "a_test_that_is_held_ends_by_hand_and_never_leaves_stopped",
        "rolled back": "a_test_that_is_held_ends_by_hand_and_never_leaves_rolled_back",
    },
}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in PATHS.items() for path in paths])
def test_there_is_a_history_of_every_path(kind: str, path: str) -> None:
    assert list((HERE / SINCE[kind]).glob(f"{kind}.{PATHS[kind][path]}*.json"))
