"""Mistakes about calls whose outcome is unknown."""

from tests.mutants.mutant import Edit, Mutant

_RECONCILIATION = "models/database/doubts/reconciliation.py"
_TESTS = "tests/database/test_reconciliation.py"

IN_DOUBTS = (
    Mutant(
        "lease-means-again",
        "A call whose worker never reported is simply made again.",
        (
            Edit(
                _RECONCILIATION,
                'Finding(EvidenceSource.LEASE, AttemptOutcome.UNKNOWN, "lease_over", next_check=self._checks[0])',
                'Finding(EvidenceSource.LEASE, AttemptOutcome.NOT_ACCEPTED, "lease_over", may_repeat=True)',
            ),
        ),
        (f"{_TESTS}::test_a_call_whose_worker_never_reported_becomes_unknown_when_its_lease_is_over",),
        scenarios=("F22", "F23"),
        invariants=frozenset({"I1", "I5", "I15"}),
    ),
    Mutant(
        "silence-means-again",
        "A message that the provider's list does not show is sent again by itself.",
        (
            Edit(
                _RECONCILIATION,
                "            if self._is_last(doubt, look.seen):\n                return _escalate(session, doubt, look)\n",
                "            if self._is_last(doubt, look.seen):\n"
                "                again = Finding(\n"
                '                    EvidenceSource.LIST, AttemptOutcome.NOT_ACCEPTED, "absent", may_repeat=True\n'
                "                )\n"
                "                apply_evidence(session, doubt.message_id, doubt.fence, again, RECONCILER)\n"
                "                return False\n",
            ),
        ),
        (f"{_TESTS}::test_a_message_that_no_check_finds_is_given_to_the_escalation_owner",),
        scenarios=("F23",),
        invariants=frozenset({"I1", "I15"}),
    ),
    Mutant(
        "never-escalated",
        "What no check finds is looked up for ever, and nobody is told.",
        (
            Edit(_RECONCILIATION, "            if self._is_last(doubt, look.seen):\n", "            if not doubt:\n"),
            Edit(_RECONCILIATION, "self._checks[doubt.checks_done + 1]", "self._checks[-1]"),
        ),
        (f"{_TESTS}::test_a_message_that_no_check_finds_is_given_to_the_escalation_owner",),
        scenarios=("F18",),
        invariants=frozenset({"I7"}),
    ),
    Mutant(
        "button-at-once",
        "A person may have a message sent again before an earlier request can no longer be accepted.",
        (
            Edit(
                "models/database/doubts/resending.py",
                "if message.state != MessageState.ESCALATED or moment < earliest:",
                "if message.state != MessageState.ESCALATED:",
            ),
        ),
        ("tests/database/test_resending.py::test_before_the_horizon_nobody_may_ask",),
        scenarios=("F41",),
        invariants=frozenset({"I1"}),
    ),
    Mutant(
        "stale-list",
        "A list that was read before the second person's yes counts as a fresh look.",
        (
            Edit(
                "models/database/doubts/resend_outcomes.py",
                " or wish.confirmed_at != doubt.confirmed_at",
                "",
            ),
        ),
        ("tests/database/test_resending.py::test_a_look_from_before_a_confirmation_settles_nothing",),
        scenarios=("F41b",),
        invariants=frozenset({"I1"}),
    ),
)
