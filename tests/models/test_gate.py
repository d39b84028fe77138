from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.frequency import CapHit
from models.gate import Facts, judge
from models.quiet_hours import WindowDecision
from models.sending import HoldReason, NotSentReason

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SHUT = WindowDecision(allowed=False, next_open_at=LATER, zones=("America/Denver",), shut_in=("America/Denver",))
FINE = Facts(
    now=NOON,
    for_contact=True,
    run_ended_by=None,
    paused_by=None,
    inbound_unsure=False,
    ledger_unverified=False,
    opted_out=False,
    opt_out_in_doubt=False,
    consent_given=2,
    consent_needed=2,
    approved=True,
    cannot_receive=False,
    expires_at=LATER,
    window=WindowDecision(allowed=True, zones=("America/Denver",), reasons=("open in America/Denver",)),
    follow_up_over=None,
    cap=None,
    gives_way_to=None,
    same_text_within_a_day=False,
)
IN_ORDER: list[tuple[str, dict[str, object], HoldReason | NotSentReason]] = [
    ("the run goes on", {"run_ended_by": "stopped"}, NotSentReason.RUN_ENDED),
    ("no opt-out", {"opted_out": True}, NotSentReason.OPTED_OUT),
    ("consent covers it", {"consent_given": 1}, NotSentReason.NO_CONSENT),
    ("the address can receive", {"cannot_receive": True}, NotSentReason.BAD_ADDRESS),
    ("still fresh", {"expires_at": NOON}, NotSentReason.EXPIRED),
    ("the follow-up is not over", {"follow_up_over": "6 messages"}, NotSentReason.FOLLOW_UP_OVER),
    ("not paused", {"paused_by": "client:1"}, HoldReason.PAUSED),
    ("its turn has come", {"turn_at": LATER}, HoldReason.DRAINING),
    ("the ledger is whole", {"ledger_unverified": True}, HoldReason.LEDGER_UNVERIFIED),
    ("nothing that came in is missing", {"inbound_unsure": True}, HoldReason.INBOUND_GAP),
    ("no doubtful opt-out", {"opt_out_in_doubt": True}, HoldReason.DOUBTFUL_OPT_OUT),
    ("the lead is not away", {"away_until": NOON + timedelta(days=1)}, HoldReason.AWAY),
    ("this wording is approved", {"approved": False}, HoldReason.NOT_APPROVED),
    ("its wording may be read", {"wording_objection": "it holds what must not leave"}, HoldReason.WORDING),
    ("not the same text twice a day", {"same_text_within_a_day": True}, HoldReason.POSSIBLE_DUPLICATE),
    ("nothing to the person comes first", {"gives_way_to": "incident_notice"}, HoldReason.GIVES_WAY),
    ("within the caps", {"cap": CapHit(1, LATER, "3 in 24 hours")}, HoldReason.FREQUENCY_CAP),
    ("outside quiet hours", {"window": SHUT}, HoldReason.QUIET_HOURS),
]
RULES = [rule for rule, _, _ in IN_ORDER]
FOR_COLLEAGUES = ["the run goes on", "still fresh"]


def test_a_message_that_passes_every_check_may_leave_and_every_check_is_recorded() -> None:
    verdict = judge(FINE)

    assert verdict.is_open
    assert [(check.rule, check.passed) for check in verdict.checks] == [(rule, True) for rule in RULES]
    assert all(check.saw for check in verdict.checks)


@pytest.mark.parametrize(("rule", "change", "reason"), IN_ORDER, ids=RULES)
def test_each_rule_closes_the_gate(rule: str, change: dict[str, object], reason: HoldReason | NotSentReason) -> None:
    verdict = judge(replace(FINE, **change))  # type: ignore[arg-type]

    assert not verdict.is_open
    assert (verdict.never or verdict.hold) is reason
    assert [check.rule for check in verdict.checks] == RULES[: RULES.index(rule) + 1]
    assert [check.passed for check in verdict.checks] == [True] * RULES.index(rule) + [False]


@pytest.mark.parametrize("first", range(len(IN_ORDER)))
def test_of_several_reasons_the_first_in_order_decides(first: int) -> None:
    changes = {name: value for _, change, _ in IN_ORDER[first:] for name, value in change.items()}

    verdict = judge(replace(FINE, **changes))  # type: ignore[arg-type]

    assert (verdict.never or verdict.hold) is IN_ORDER[first][2]


def test_what_ends_a_message_is_asked_before_what_holds_it() -> None:
    ends = [isinstance(reason, NotSentReason) for _, _, reason in IN_ORDER]

    assert ends == sorted(ends, reverse=True)


@pytest.mark.parametrize(("rule", "change", "reason"), IN_ORDER, ids=RULES)
def test_a_notice_to_a_colleague_needs_neither_consent_nor_approval_nor_an_hour(
    rule: str, change: dict[str, object], reason: HoldReason | NotSentReason
) -> None:
    verdict = judge(replace(FINE, for_contact=False, **change))  # type: ignore[arg-type]

    assert verdict.is_open is (rule not in FOR_COLLEAGUES)


def test_a_hold_says_when_to_ask_again_if_that_is_known() -> None:
    assert judge(replace(FINE, window=SHUT)).until == LATER
    assert judge(replace(FINE, paused_by="everything")).until is None


def test_a_higher_rung_of_consent_covers_a_lower_one() -> None:
    assert judge(replace(FINE, consent_given=3)).is_open


def test_a_message_without_an_end_never_gets_stale() -> None:
    assert judge(replace(FINE, expires_at=None)).is_open


def test_a_check_is_stored_with_what_it_saw() -> None:
    [*_, last] = judge(replace(FINE, paused_by="client:1")).checks

    assert last.as_json() == {"rule": "not paused", "passed": False, "saw": "client:1"}
