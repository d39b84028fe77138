"""The mistakes that the suite must notice: each was made somewhere by somebody, or would be the obvious simplification."""

from tests.mutants.mutant import Edit, Mutant

_MIGRATION = "models/database/migrations/versions/0001_first_tables.py"
_RACES = "tests/database/test_races.py"
_AFTER_OPT_OUT = f"{_RACES}::test_no_claim_commits_after_an_opt_out_of_its_address"
_REPEAT_AFTER_OPT_OUT = (
    f"{_RACES}::test_no_repeat_is_claimed_after_an_opt_out_although_its_row_is_not_there_to_suppress"
)
_INSIDE_PAUSE = f"{_RACES}::test_no_claim_commits_inside_a_pause"

THE_DATABASE = (
    Mutant(
        "no-index",
        "The database no longer refuses a second live attempt of one message.",
        (Edit(_MIGRATION, "'attempt', ['message_id'], unique=True", "'attempt', ['message_id'], unique=False"),),
        ("tests/database/test_claim.py::test_the_database_itself_refuses_a_second_live_attempt",),
    ),
    Mutant(
        "no-address-lock",
        "A claim no longer waits for an opt-out of its address.",
        (
            Edit(
                "models/database/locks.py",
                '    + ", pg_advisory_xact_lock(hashtextextended(:address, 0))"\n',
                "",
            ),
        ),
        (_REPEAT_AFTER_OPT_OUT,),
    ),
    Mutant(
        "read-before-lock",
        "A claim reads consent and pauses, and only then takes the locks.",
        (
            Edit(
                "models/database/claims.py",
                '    lock_for_claim(session, scopes, found["address_hash"])\n',
                "",
            ),
            Edit(
                "models/database/ledger.py",
                "        gathered = claims.gather(session, found, self._rules)\n",
                "        from models.database.locks import lock_for_claim\n\n"
                "        gathered = claims.gather(session, found, self._rules)\n"
                '        lock_for_claim(session, gathered.scopes, found["address_hash"])\n',
            ),
        ),
        (_AFTER_OPT_OUT, _INSIDE_PAUSE),
    ),
    Mutant(
        "repeatable-read",
        "Claims run above READ COMMITTED, and nobody asks.",
        (
            Edit(
                "models/database/engine.py",
                'isolation_level="READ COMMITTED"',
                'isolation_level="REPEATABLE READ"',
            ),
            Edit(
                "models/database/claims.py",
                'if row["isolation"] != "read committed":',
                'if row["isolation"] == "unheard of":',
            ),
        ),
        (_AFTER_OPT_OUT, _INSIDE_PAUSE),
    ),
    Mutant(
        "last-look-only",
        "The gate decides nothing inside the claim; only the last look before the call is left.",
        (Edit("models/database/ledger.py", "if not gathered.verdict.is_open:", "if gathered.verdict is None:"),),
        (_AFTER_OPT_OUT, _INSIDE_PAUSE),
    ),
    Mutant(
        "any-client",
        "A reply to one client's message ends the runs of other clients as well.",
        (
            Edit(
                "models/database/correspondents.py",
                "other.client_id == self.client_id and",
                "",
            ),
        ),
        ("tests/database/test_inbox.py::test_a_reply_to_one_client_leaves_the_runs_of_another_alone",),
    ),
)

THE_CALL = (
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
    ),
    Mutant(
        "sdk-retries",
        "The email SDK may repeat a request by itself.",
        (
            Edit(
                "activities/providers/ses_email.py",
                'retries={"total_max_attempts": 1, "mode": "standard"}',
                'retries={"total_max_attempts": 3, "mode": "standard"}',
            ),
            Edit(
                "activities/providers/ses_email.py",
                '.get("total_max_attempts") != 1:',
                '.get("total_max_attempts") == 0:',
            ),
        ),
        ("tests/activities/test_ses_email.py::test_a_lost_answer_is_unknown_and_one_send_stays_one_request",),
    ),
    Mutant(
        "run-id-in-the-key",
        "The key of a message depends on the moment it is made.",
        (
            Edit(
                "models/identity.py",
                'return f"{client_id}/{case}/{step}/{occurrence}/{channel}/{address_hash}"',
                "import time\n\n"
                '    return f"{client_id}/{case}/{step}/{occurrence}/{channel}/{address_hash}/{time.time_ns()}"',
            ),
        ),
        ("tests/database/test_planning.py::test_a_message_is_known_by_business_facts_only",),
    ),
)

THE_WAY_IN = (
    Mutant(
        "get-acts",
        "Following the unsubscribe link, as mail filters do, unsubscribes.",
        (
            Edit(
                "starter/unsubscribing.py",
                "    return HTMLResponse(_ASK)",
                "    return unsubscribe(token, uses)",
            ),
        ),
        ("tests/starter/test_desk.py::test_following_the_unsubscribe_link_changes_nothing",),
    ),
    Mutant(
        "any-signature",
        "Whatever claims to come from Twilio is believed.",
        (
            Edit(
                "starter/webhooks/signatures.py",
                "if not any(validator.validate(address, form, signature) for validator in self._validators):",
                "if not self._validators:",
            ),
        ),
        ("tests/starter/test_web_hooks.py::test_a_signature_for_another_path_is_refused",),
    ),
)

MUTANTS: tuple[Mutant, ...] = (*THE_DATABASE, *THE_CALL, *THE_WAY_IN)
