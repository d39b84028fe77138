"""Nothing can hold, end or fail without words for it, and without saying what would have to change."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from models.digests.travelling import DigestOutcome
from models.explaining import remedies, sentences, whats_next
from models.explaining.answers import Remedy
from models.explaining.checks import CHECKS, Rule, every_check, in_words
from models.explaining.remedies import FAILURES, REMEDIES, filled, ways_to_resume
from models.explaining.replies import EFFECTS
from models.explaining.run_sentences import ENDS
from models.failure_classes import FailureClass
from models.gate import judge
from models.incidents.travelling import IncidentOutcome
from models.replies import ReplyEffect
from models.sending import HoldReason, NotSentReason
from models.template_tests import TemplateTestOutcome
from models.terms import OutreachOutcome
from tests.models.test_gate import FINE, IN_ORDER
from workflows import delivering, outreach_sequence

NOT_OF_THE_GATE = {HoldReason.TRY_LATER, NotSentReason.REFUSED, NotSentReason.CLOSED_BY_PERSON}
CHANGES = {rule: change for rule, change, _ in IN_ORDER}


def test_every_check_of_the_gate_is_explained_in_its_order() -> None:
    assert [rule.name for rule in CHECKS] == [check.rule for check in judge(FINE).checks]


@pytest.mark.parametrize("rule", CHECKS, ids=lambda rule: rule.name)
def test_a_check_leads_to_its_reason_and_passes_with_what_lifts_it(rule: Rule) -> None:
    stopped = replace(FINE, **CHANGES[rule.name])  # type: ignore[arg-type]

    assert rule.reason in (judge(stopped).hold, judge(stopped).never)
    assert judge(replace(stopped, **rule.lifted)).is_open


def test_every_reason_is_of_a_check_or_known_not_to_be() -> None:
    assert {rule.reason for rule in CHECKS} | NOT_OF_THE_GATE == {*HoldReason, *NotSentReason}


def test_all_that_stands_in_the_way_is_found_not_only_the_first() -> None:
    facts = replace(FINE, paused_by="everything", approved=False, opted_out=True)

    found = every_check(facts)

    assert [check.rule for check in found] == [rule.name for rule in CHECKS]
    assert [check.rule for check in found if not check.passed] == [
        "no opt-out",
        "not paused",
        "this wording is approved",
    ]


@pytest.mark.parametrize(
    ("said", "all_of_them"),
    [
        (REMEDIES, [*HoldReason, *NotSentReason]),
        (FAILURES, FailureClass),
        (ENDS, {*OutreachOutcome, *IncidentOutcome, *DigestOutcome, *TemplateTestOutcome}),
        (EFFECTS, ReplyEffect),
        (sentences.FAILED, FailureClass),
        (sentences.NEVER, NotSentReason),
    ],
    ids=["reasons", "failures to change", "ends of runs", "effects of replies", "failures in words", "never sent"],
)
def test_there_are_words_for_every_one(said: dict[object, object], all_of_them: Callable[[], list[object]]) -> None:
    assert set(said) == set(all_of_them)  # type: ignore[call-overload]


@pytest.mark.parametrize("remedy", [*REMEDIES.values(), *FAILURES.values(), remedies.IN_DOUBT])
def test_a_remedy_says_who_and_names_what_is_not_known_in_capitals(remedy: Remedy) -> None:
    said = filled(remedy, {})

    assert said.change.endswith((".", "OPENS.", "FREE."))
    assert said.who
    assert not re.search(r"[{}]", said.change)


def test_a_pause_is_resumed_by_its_id_after_a_preview_and_that_of_a_run_by_the_run() -> None:
    by_preview = "comms resume 7 --reason …\nPOST /v1/pauses/7/preview, then POST /v1/pauses/7/resume"
    assert {ways_to_resume(scope, "7") for scope in ("everything", "client:1", "provider:ses")} == {by_preview}
    assert ways_to_resume("run:1", "7") == "comms resume 1 --reason …\nPOST /v1/runs/1/resume"


def test_a_check_of_a_later_version_is_shown_by_its_own_note() -> None:
    assert in_words("not too often", False, {}, "4 this week") == "Not too often: 4 this week."


def test_what_is_said_of_the_workflows_waits_is_so() -> None:
    assert whats_next.ASKED_AGAIN_AFTER == delivering.LOOK_AGAIN == timedelta(hours=1)
    assert set(whats_next.MAY_REPEAT) == outreach_sequence.WORTH_REPEATING
