"""Mistakes about what a client sees, hears of and is asked for: posts, digests, incidents, review requests."""

from tests.mutants.mutant import Edit, Mutant

_PORTAL = "models/database/portal/posts.py"
_PUBLISHING = "tests/database/portal/test_publishing.py"
_FRESHNESS = "models/digests/freshness.py"
_FRESH = "tests/models/digests/test_freshness.py"
_SCOPES = "models/database/permission/scopes.py"
_INCIDENTS = "tests/database/test_incidents.py"
_STEERING = "models/incidents/steering.py"
_ELIGIBILITY = "models/review_requests/eligibility.py"
_NOTICES_PASS = """HOLDS = f"(p.code <> '{PauseCode.INCIDENT}' OR r.kind <> '{RunKind.INCIDENT_NOTICE}')\""""

IN_POSTS = (
    Mutant(
        "privacy-unreviewed",
        "A post is shown although a review of it is still missing.",
        (Edit(_PORTAL, "if state is not ApprovalState.APPROVED:", "if state is ApprovalState.REJECTED:"),),
        (f"{_PUBLISHING}::test_what_is_missing_is_said_and_recorded",),
    ),
    Mutant(
        "wording-not-looked-at-again",
        "A post is shown although its wording has become unfit to be seen since its reviews.",
        (Edit(_PORTAL, "if check(session, Stage.CLAIM, post, text).blocks:", "if not text:"),),
        (f"{_PUBLISHING}::test_what_became_unfit_to_be_seen_since_its_reviews_is_not_published",),
    ),
    Mutant(
        "withdrawn-and-shown",
        "A withdrawn post stays on the client's page.",
        (Edit("models/database/portal/withdrawing.py", "    projection.hide(session, post)\n", ""),),
        (f"{_PUBLISHING}::test_a_withdrawn_post_is_gone_at_once_and_comes_back_only_as_a_reviewed_correction",),
    ),
    Mutant(
        "approval-gone-and-shown",
        "A post stays on the client's page although an approval of it was taken back.",
        (
            Edit(
                "models/database/portal/withdrawing.py",
                "    withdraw(session, post_id, origin, NO_LONGER_APPROVED)\n",
                "",
            ),
        ),
        (
            "tests/database/portal/test_publishing.py::test_an_approval_that_is_taken_back_after_publication_hides_the_post",
        ),
    ),
    Mutant(
        "published-without-undo",
        "A post is published and nobody has noted how it is taken back.",
        (
            Edit(
                _PORTAL,
                '    undos.register(session, post.run_id, f"publish:{post_id}", UndoKind.PORTAL_POST, str(post_id))\n',
                "",
            ),
        ),
        ("tests/database/portal/test_rollback.py::test_the_rollback_of_a_run_withdraws_its_post",),
    ),
    Mutant(
        "message-not-looked-at-again",
        "A message leaves although its wording has become unfit since it was planned.",
        (Edit("models/gate.py", '"its wording may be read", objection is None,', '"its wording may be read", True,'),),
        (
            "tests/database/test_wording.py::test_a_claim_checks_anew_once_another_client_has_come_and_holds_what_names_it",
        ),
    ),
)
IN_DIGESTS = (
    Mutant(
        "needed-source-missing",
        "A report is made without a source that it cannot do without.",
        (Edit(_FRESHNESS, "        return Readiness.HOLD\n", "        return Readiness.BUILD_WITH_CAVEATS\n"),),
        (f"{_FRESH}::test_it_is_held_for_a_person_if_a_source_it_needs_gave_nothing",),
    ),
    Mutant(
        "late-source-not-awaited",
        "A report is made before what is merely late has come.",
        (Edit(_FRESHNESS, "and today < period.last + LATEST:", "and today < period.last:"),),
        (f"{_FRESH}::test_it_waits_for_what_is_late_until_its_latest_day_and_then_says_so",),
    ),
    Mutant(
        "token-kept-too-late",
        "The refresh token that replaced the old one is forgotten.",
        (
            Edit(
                "activities/reading_sources.py",
                "if access.refresh_token != connection.refresh_token:",
                "if not access.refresh_token:",
            ),
        ),
        ("tests/database/reports/test_sources.py::test_a_new_refresh_token_is_kept_before_anything_is_read",),
    ),
)
IN_INCIDENTS = (
    Mutant(
        "incident-silences-itself",
        "The pause of an incident holds the very notice that tells of it.",
        (Edit(_SCOPES, _NOTICES_PASS, 'HOLDS = "true"'),),
        (f"{_INCIDENTS}::test_the_notice_leaves_while_the_outreach_of_its_client_is_held",),
    ),
    Mutant(
        "notices-pass-every-pause",
        "The notice of an incident leaves through a pause that somebody has put on by hand.",
        (Edit(_SCOPES, _NOTICES_PASS, """HOLDS = f"(r.kind <> '{RunKind.INCIDENT_NOTICE}')\""""),),
        (f"{_INCIDENTS}::test_a_pause_that_comes_between_claim_and_call_stops_the_notice_unless_it_is_an_incidents",),
    ),
    Mutant(
        "paused-and-told",
        "An incident's run goes on telling while somebody has paused it.",
        (Edit(_STEERING, "if not is_paused and (act := ", "if (act := "),),
        ("tests/models/incidents/test_steering.py::test_a_pause_by_hand_holds_all_that_goes_out",),
    ),
    Mutant(
        "broken-promise-untold",
        "A promised time passes in silence and nobody hears of it.",
        (Edit(_STEERING, "and at >= now.promised:", "and at > now.promised + GIVEN_UP:"),),
        ("tests/models/incidents/test_steering.py::test_the_owner_is_reminded_before_and_somebody_else_told_after",),
    ),
    Mutant(
        "more-than-approved-let-go",
        "More leaves after an incident than its approver has seen.",
        (
            Edit(
                "models/database/incidents/resuming.py",
                "if any(_will_send(fresh[pause]) > _will_send(approved[pause]) for pause in approved):",
                "if not approved:",
            ),
        ),
        (f"{_INCIDENTS}::test_if_more_would_leave_than_was_approved_it_is_asked_for_again",),
    ),
)
IN_REVIEWS = (
    Mutant(
        "review-gated",
        "A text asks how it was before it shows the link to leave a review.",
        (Edit("models/review_requests/wording.py", 'if _GATING.search(f"{subject}\\n{body}"):', "if not body:"),),
        (
            "tests/models/review_requests/test_wording.py::test_what_steers_rewards_chooses_or_shows_no_one_link_is_refused",
        ),
    ),
    Mutant(
        "complaint-excludes",
        "Whoever has complained is not asked for a review.",
        (
            Edit(
                _ELIGIBILITY,
                "return Eligibility(waits_for_complaint=True)",
                "return Eligibility(not_asked=NotAsked.TOO_LONG_AGO)",
            ),
        ),
        (
            "tests/models/review_requests/test_eligibility.py::test_an_open_complaint_delays_and_never_excludes_however_long_it_takes",
        ),
    ),
    Mutant(
        "asked-again-at-once",
        "A person is asked for a review after every job.",
        (Edit(_ELIGIBILITY, "now - job.last_asked_at < cool_down", "now < job.last_asked_at"),),
        (
            "tests/models/review_requests/test_eligibility.py::test_the_reasons_not_to_ask_say_nothing_of_what_the_customer_may_think",
        ),
    ),
)
IN_WHAT_CLIENTS_SEE = (*IN_POSTS, *IN_DIGESTS, *IN_INCIDENTS, *IN_REVIEWS)
