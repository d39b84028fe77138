"""Mistakes about what comes in from outside."""

from tests.mutants.mutant import Edit, Mutant

IN_WHAT_COMES_IN = (
    Mutant(
        "get-acts",
        "Following the unsubscribe link, as mail filters do, unsubscribes.",
        (
            Edit("starter/unsubscribing.py", '@router.get("/{token}", ', '@router.get("/{token}/ask", '),
            Edit(
                "starter/unsubscribing.py",
                '@router.post("/{token}", ',
                '@router.api_route("/{token}", methods=["GET", "POST"], ',
            ),
        ),
        ("tests/starter/test_desk.py::test_following_the_unsubscribe_link_changes_nothing",),
        scenarios=("F25c",),
        invariants=frozenset({"I19"}),
    ),
    Mutant(
        "any-signature",
        "Whatever claims to come from Twilio is believed.",
        (
            Edit(
                "starter/webhooks/signatures.py",
                "signed = any(validator.validate(address, form, signature) for validator in self._validators)",
                "signed = bool(self._validators)",
            ),
        ),
        ("tests/starter/test_web_hooks.py::test_a_signature_for_another_path_is_refused",),
        scenarios=("F25",),
        invariants=frozenset({"I20"}),
    ),
    Mutant(
        "any-client",
        "A reply to one client's message ends the runs of other clients as well.",
        (Edit("models/database/inbound/correspondents.py", "other.client_id == self.client_id and", ""),),
        ("tests/database/test_inbox.py::test_a_reply_to_one_client_leaves_the_runs_of_another_alone",),
        scenarios=("F42",),
        invariants=frozenset({"I21"}),
    ),
    Mutant(
        "no-backfill",
        "After an outage nobody reads what the provider has received meanwhile.",
        (
            Edit(
                "activities/backfilling.py",
                "received = () if self._listing is None else self._listing.received_since(reading.since)",
                "received = ()",
            ),
        ),
        ("tests/database/test_backfill.py::test_an_opt_out_during_an_outage_is_found_before_anything_leaves",),
        scenarios=("F36",),
        invariants=frozenset({"I17"}),
    ),
)
