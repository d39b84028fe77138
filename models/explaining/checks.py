"""The checks of the gate, each in words: what it looks at, what it leads to, and the facts with which it would pass.

The gate alone decides, see `models.gate`. A check that is new there needs a line here; a test compares the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.explaining import check_sentences as said
from models.explaining.phrases import Row, at, sentence, words
from models.gate import OWN_ADDRESS, Check, Facts, judge
from models.quiet_hours import WindowDecision
from models.sending import HoldReason, NotSentReason

Reason = HoldReason | NotSentReason


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. `passed` and `stopped` make a sentence of its inputs; `lifted` are facts with which it passes."""

    name: str
    reason: Reason
    lifted: Mapping[str, Any]
    passed: Callable[[Row], str]
    stopped: Callable[[Row], str]
    of_colleagues_too: bool = False


def _plain(text: str) -> Callable[[Row], str]:
    return lambda _: text


CHECKS: tuple[Rule, ...] = (
    Rule("the run goes on", NotSentReason.RUN_ENDED, {"run_ended_by": None}, _plain("its run was open"), said.ended, True),
    Rule("no opt-out", NotSentReason.OPTED_OUT, {"opted_out": False}, said.no_opt_out, said.opted_out),
    Rule("consent covers it", NotSentReason.NO_CONSENT, {"consent_needed": 0}, said.covered, said.not_covered),
    Rule(
        "the address can receive", NotSentReason.BAD_ADDRESS, {"cannot_receive": False},
        _plain("nothing says that this address cannot receive it"), said.dead,
    ),
    Rule(
        "still fresh", NotSentReason.EXPIRED, {"expires_at": None}, said.fresh,
        lambda inputs: f"it became stale at {at(inputs.get('expires_at'))}", True,
    ),
    Rule(
        "the follow-up is not over", NotSentReason.FOLLOW_UP_OVER, {"follow_up_over": None, "cap": None},
        _plain("the enrolment may still write"), lambda inputs: f"the follow-up is over ({inputs.get('saw', 'as long as it may')})",
    ),
    Rule("not paused", HoldReason.PAUSED, {"paused_by": None}, said.not_paused, said.paused),
    Rule(
        "its turn has come", HoldReason.DRAINING, {"turn_at": None},
        _plain("it was not waiting for its turn after a pause"), said.draining,
    ),
    Rule(
        "the ledger is whole", HoldReason.LEDGER_UNVERIFIED, {"ledger_unverified": False},
        _plain("the ledger is the one that was released"), said.torn,
    ),
    Rule(
        "nothing that came in is missing", HoldReason.INBOUND_GAP, {"inbound_unsure": False},
        _plain("what people wrote had reached us"), said.gap,
    ),
    Rule(
        "no doubtful opt-out", HoldReason.DOUBTFUL_OPT_OUT, {"opt_out_in_doubt": False},
        _plain("no reply waits to be read as a possible opt-out"), said.doubtful,
    ),
    Rule(
        "the lead is not away", HoldReason.AWAY, {"away_until": None},
        _plain("the lead has not said to be away"),
        lambda inputs: f"the lead has said to be away until {at(inputs.get('away_until'))}",
    ),
    Rule("this wording is approved", HoldReason.NOT_APPROVED, {"approved": True}, said.approved, said.not_approved),
    Rule(
        "its wording may be read", HoldReason.WORDING, {"wording_objection": None},
        _plain("nothing was found in its wording that may not leave"), said.objected,
    ),
    Rule(
        "not the same text twice a day", HoldReason.POSSIBLE_DUPLICATE, {"same_text_within_a_day": False}, said.once, said.twice,
    ),
    Rule(
        "nothing to the person comes first", HoldReason.GIVES_WAY, {"gives_way_to": None},
        _plain("nothing more urgent was under way to the same person"),
        lambda inputs: f"a run of kind {words(inputs.get('kind') or 'unknown')} to the same person is open and comes first",
    ),
    Rule(
        "within the caps", HoldReason.FREQUENCY_CAP, {"cap": None},
        _plain("the person had not been written to as often as the rules allow"), said.capped,
    ),
    Rule(
        "outside quiet hours", HoldReason.QUIET_HOURS, {"window": WindowDecision(allowed=True, zones=())},
        said.inside_hours, said.outside_hours,
    ),
)  # fmt: skip
"""Of messages to contacts, in the order of the gate: what ends a message before what holds it."""
OF_TESTS = Rule(
    OWN_ADDRESS, NotSentReason.BAD_ADDRESS, {"is_own_address": True},
    _plain("it goes to the address of whoever asked for it"),
    _plain("it is not, or no longer, the address of whoever asked for it"), True,
)  # fmt: skip
BY_NAME = {rule.name: rule for rule in (*CHECKS, OF_TESTS)}


def every_check(facts: Facts) -> list[Check]:
    """Ask the gate again and again, each obstacle lifted in turn: all that stands in the way, not only the first."""
    asked: dict[str, Check] = {}
    while True:
        verdict = judge(facts)
        asked = {check.rule: check for check in verdict.checks} | asked
        last = BY_NAME.get(verdict.checks[-1].rule)
        if verdict.is_open or last is None:
            return list(asked.values())
        lifted = replace(facts, **last.lifted)
        if lifted == facts:
            return list(asked.values())
        facts = lifted


def in_words(name: str, passed: bool, inputs: Row, saw: str) -> str:
    """Return one check as a sentence; one that is not known here by its own note."""
    rule = BY_NAME.get(name)
    if rule is None:
        return sentence(f"{name}: {saw}")
    return sentence(rule.passed(inputs) if passed else rule.stopped(inputs))
