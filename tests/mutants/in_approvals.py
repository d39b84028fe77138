"""Mistakes about who has to agree before something leaves or is shown, and to what exactly."""

from tests.mutants.mutant import Edit, Mutant

_AUTHORITY = "models/database/permission/authority.py"
_STANDING = "models/database/permission/approval_standing.py"
_TESTS = "tests/database/test_authority.py"
_POSTS = "tests/database/portal/test_publishing.py"

IN_APPROVALS = (
    Mutant(
        "one-yes-for-two",
        "What two people must agree to leaves after the first yes.",
        (Edit(_STANDING, "THEN 2 ELSE 1 END", "THEN 1 ELSE 1 END"),),
        (f"{_TESTS}::test_one_yes_is_not_enough_where_two_people_must_agree",),
    ),
    Mutant(
        "own-edit-approved",
        "Whoever worded it last approves it.",
        (Edit(_AUTHORITY, "return Refusal.OWN_EDIT if approval.last_editor == staff.handle else None", "return None"),),
        (f"{_TESTS}::test_whoever_edited_last_may_not_approve",),
    ),
    Mutant(
        "other-clients-approver",
        "An approver of one client decides for another.",
        (Edit(_AUTHORITY, "approval.client_id not in staff.clients", "not staff.clients"),),
        (f"{_TESTS}::test_whoever_is_limited_to_clients_decides_for_no_other",),
    ),
    Mutant(
        "role-of-yesterday",
        "Somebody decides with a role that was taken away.",
        (Edit(_AUTHORITY, "if ROLE_FOR[review] not in staff.roles and not handed_over:", "if not staff.roles:"),),
        (f"{_POSTS}::test_nobody_reviews_what_they_wrote_or_for_the_other_side",),
    ),
    Mutant(
        "decision-without-mark",
        "A decision counts that somebody wrote into the database.",
        (
            Edit(
                "models/database/sending/facts.py",
                'row["approved"] and marks.are_genuine(session, row["decisions"])',
                'row["approved"]',
            ),
        ),
        (
            "tests/database/test_decision_marks.py::test_a_decision_that_was_written_past_the_service_approves_nothing_and_is_named",
        ),
    ),
    Mutant(
        "edit-keeps-reviews",
        "The reviews of one wording of a post count for the next.",
        (
            Edit(
                "models/database/portal/reviewing.py",
                "        col(Approval.content_hash) == hash_of_items(text.items),\n"
                "        col(Approval.superseded_at).is_(None),\n",
                "",
            ),
        ),
        (f"{_POSTS}::test_every_edit_voids_what_was_approved",),
    ),
)
