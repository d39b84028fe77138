"""Mistakes about one call to a provider and what its answer proves."""

from tests.mutants.mutant import Edit, Mutant

_SES = "activities/providers/ses_email.py"

IN_CALLS = (
    Mutant(
        "5xx-is-a-no",
        "A server error counts as a refusal, and the message is sent again.",
        (
            Edit(
                "models/provider_answers.py",
                'return Answer(kind=AnswerKind.UNKNOWN, code=str(code) if code else None, reason=f"HTTP {status}")',
                "return _not_accepted(AnswerKind.TRY_LATER, str(status), FailureClass.TRANSIENT, retry_after)",
            ),
        ),
        ("tests/models/test_provider_answers.py::test_a_twilio_answer_off_the_list_proves_nothing",),
        scenarios=("F17",),
        invariants=frozenset({"I1"}),
    ),
    Mutant(
        "sdk-retries",
        "The email SDK may repeat a request by itself, and nobody asks.",
        (
            Edit(
                _SES,
                'retries={"total_max_attempts": 1, "mode": "standard"}',
                'retries={"total_max_attempts": 3, "mode": "standard"}',
            ),
            Edit(_SES, '.get("total_max_attempts") != 1:', '.get("total_max_attempts") == 0:'),
        ),
        ("tests/activities/test_ses_email.py::test_a_lost_answer_is_unknown_and_one_send_stays_one_request",),
        scenarios=("F17",),
        invariants=frozenset({"I2"}),
    ),
)
