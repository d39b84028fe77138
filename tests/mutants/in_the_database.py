"""Mistakes in what makes the claim one atomic step."""

from tests.mutants.mutant import Edit, Mutant

_RACES = "tests/database/test_races.py"
_AFTER_OPT_OUT = f"{_RACES}::test_no_claim_commits_after_an_opt_out_of_its_address"
_REPEAT_AFTER_OPT_OUT = (
    f"{_RACES}::test_no_repeat_is_claimed_after_an_opt_out_although_its_row_is_not_there_to_suppress"
)
_INSIDE_PAUSE = f"{_RACES}::test_no_claim_commits_inside_a_pause"
_CLAIMS, _LEDGER = "models/database/sending/claims.py", "models/database/sending/ledger.py"

IN_THE_DATABASE = (
    Mutant(
        "no-index",
        "The database no longer refuses a second live attempt of one message.",
        (
            Edit(
                "models/database/migrations/versions/0001_first_tables.py",
                "'attempt', ['message_id'], unique=True",
                "'attempt', ['message_id'], unique=False",
            ),
        ),
        ("tests/database/test_claim.py::test_the_database_itself_refuses_a_second_live_attempt",),
        scenarios=("F16",),
        refused="the index at_most_one_live_attempt is missing",
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
        scenarios=("F35b",),
        invariants=frozenset({"I10"}),
    ),
    Mutant(
        "read-before-lock",
        "A claim reads consent and pauses, and only then takes the locks.",
        (
            Edit(_CLAIMS, '    lock_for_claim(session, scopes, found["address_hash"])\n', ""),
            Edit(
                _LEDGER,
                "        gathered = claims.gather(session, found, self._rules)\n",
                "        from models.database.locks import lock_for_claim\n\n"
                "        gathered = claims.gather(session, found, self._rules)\n"
                '        lock_for_claim(session, gathered.scopes, found["address_hash"])\n',
            ),
        ),
        (_AFTER_OPT_OUT, _INSIDE_PAUSE),
        scenarios=("F35c",),
        invariants=frozenset({"I11"}),
    ),
    Mutant(
        "repeatable-read",
        "Claims run above READ COMMITTED, and nobody asks.",
        (
            Edit(
                _LEDGER,
                "with transaction(self._engine) as session:\n                outcome = self._decide(",
                'with transaction(self._engine.execution_options(isolation_level="REPEATABLE READ")) as session:\n'
                "                outcome = self._decide(",
            ),
            Edit(_CLAIMS, 'if row["isolation"] != "read committed":', 'if row["isolation"] == "unheard of":'),
        ),
        (_AFTER_OPT_OUT, _INSIDE_PAUSE),
        scenarios=("F35c",),
        invariants=frozenset({"I11"}),
    ),
    Mutant(
        "last-look-only",
        "The gate decides nothing inside the claim; only the last look before the call is left.",
        (Edit(_LEDGER, "if not gathered.verdict.is_open:", "if gathered.verdict is None:"),),
        (_AFTER_OPT_OUT, _INSIDE_PAUSE),
        scenarios=("F35c",),
        invariants=frozenset({"I11"}),
    ),
    Mutant(
        "time-in-the-key",
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
        scenarios=("F30",),
        invariants=frozenset({"I18"}),
    ),
)
