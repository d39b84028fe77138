"""Mistakes about whether a message may leave: one rule of the gate, or of what surrounds it, no longer holds.

What the rules say is no part of what the fault suite plays, so tests alone kill these.
"""

from tests.mutants.mutant import Edit, Mutant

_GATE = "models/gate.py"
_PREVIEWS = "models/database/permission/previews.py"
_EACH_RULE = "tests/models/test_gate.py::test_each_rule_closes_the_gate"

IN_WHETHER = (
    Mutant(
        "quiet-hours-skipped",
        "A message leaves at any hour.",
        (Edit(_GATE, "facts.window.allowed, _hours", "True, _hours"),),
        (_EACH_RULE,),
    ),
    Mutant(
        "cap-ignored",
        "A person is written to however often.",
        (Edit(_GATE, "facts.cap is None, facts.cap.saw", "True, facts.cap.saw"),),
        ("tests/database/test_sending_rules_at_the_claim.py::test_what_may_have_left_counts_towards_the_cap",),
    ),
    Mutant(
        "ladder-ignored",
        "Any permission covers every kind of message.",
        (Edit(_GATE, "facts.consent_given >= facts.consent_needed", "facts.consent_given > 0"),),
        ("tests/database/test_explaining.py::test_each_way_is_answered_with_what_would_have_to_change",),
    ),
    Mutant(
        "doubt-not-held",
        "A reply that may be an opt-out holds nothing.",
        (Edit(_GATE, '"no doubtful opt-out", not doubt,', '"no doubtful opt-out", True,'),),
        ("tests/database/test_consent.py::test_a_doubtful_opt_out_holds_until_a_person_releases_it",),
    ),
    Mutant(
        "last-look-past-pauses",
        "The last look before the call looks at no pause.",
        (
            Edit(
                "models/database/sending/last_look.py",
                "AND p.paused AND {HOLDS}))",
                "AND p.paused AND false AND {HOLDS}))",
            ),
        ),
        ("tests/database/test_last_look.py::test_a_pause_between_claim_and_call_gives_the_right_back",),
    ),
    Mutant(
        "resume-without-look",
        "A resume lets more leave than somebody has seen.",
        (Edit(_PREVIEWS, "if counts.get(WILL_SEND, 0) > shown.counts.get(WILL_SEND, 0):", "if not counts:"),),
        ("tests/database/test_resuming.py::test_more_than_was_shown_does_not_leave",),
    ),
    Mutant(
        "resume-of-anything",
        "Somebody resumes a later pause that they have not seen.",
        (Edit(_PREVIEWS, "    _check_epoch(pause, wish.epoch, origin)\n", ""),),
        ("tests/database/test_resuming.py::test_a_resume_needs_the_epoch_it_was_previewed_under",),
    ),
    Mutant(
        "same-text-twice",
        "The same text may go to the same address twice a day.",
        (Edit(_GATE, '"not the same text twice a day", not twice,', '"not the same text twice a day", True,'),),
        (
            "tests/database/test_possible_duplicates.py::test_the_same_text_does_not_go_twice_to_one_address_within_a_day",
        ),
    ),
    Mutant(
        "away-ignored",
        "Somebody who has said to be away is written to.",
        (Edit(_GATE, "facts.away_until is None or facts.away_until <= facts.now", "True"),),
        (_EACH_RULE,),
    ),
    Mutant(
        "wide-pause-untold",
        "The runs inside a wide pause never hear of it.",
        (
            Edit(
                "models/database/permission/pause_announcing.py",
                "            announce_all(session, runs[start : start + AT_ONCE])\n",
                "            pass\n",
            ),
        ),
        ("tests/database/test_pauses.py::test_a_wide_pause_tells_its_runs_after_it_has_taken_effect",),
    ),
    Mutant(
        "landline-texted",
        "A number that was found to be a landline is texted.",
        (
            Edit(
                "models/database/sending/facts.py",
                'row["landline"] if row["found_dead"] is None else row["found_dead"]',
                'bool(row["found_dead"])',
            ),
        ),
        ("tests/database/test_line_types.py::test_a_landline_gets_no_text_and_the_reason_is_said",),
    ),
)
