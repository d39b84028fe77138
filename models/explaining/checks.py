"""The checks of the gate, each in words: what it looks at, what it leads to, and the facts with which it would pass.

The gate alone decides, see `models.gate`. A check that is new there needs a line here; a test compares the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.explaining.phrases import Row, at, listed, people_of_opt_out, scope, sentence, words
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


def _ended(inputs: Row) -> str:
    match inputs.get("ended_by"):
        case "replied" if reply := inputs.get("reply"):
            return f"the lead had replied at {at(reply['at'])} ({words(reply['label'])})"
        case "stopped":
            return f"{inputs.get('stopped_by') or 'somebody'} had asked for the run to stop"
        case "rolled back":
            return f"{inputs.get('rolled_back_by') or 'somebody'} had asked for the run to be rolled back"
        case _ if inputs.get("outcome"):
            return f"the run had ended at {at(inputs.get('closed_at'))}: {words(inputs['outcome'])}"
        case _:
            return "the run had ended"


def _no_opt_out(inputs: Row) -> str:
    again = inputs.get("opted_in_again")
    if again:
        return f"an earlier opt-out was undone at {at(again['at'])} ({words(again['source'])}, consent event {again['id']})"
    return "no opt-out stands for this address"


def _opted_out(inputs: Row) -> str:
    event = inputs.get("opt_out")
    return f"{people_of_opt_out(event)}, consent event {event['id']}" if event else "an opt-out stands for this address"


def _covered(inputs: Row) -> str:
    event = inputs.get("event")
    source = f": {words(event['source'])} at {at(event['at'])}, consent event {event['id']}" if event else ""
    return f"it needs consent for {inputs['needed']} messages; consent for {inputs['given']} ones stands{source}"


def _not_covered(inputs: Row) -> str:
    given = f"what stands is for {inputs['given']} ones" if inputs.get("given") else "none stands for this address"
    return f"it needs consent for {inputs.get('needed')} messages, and {given}"


def _dead(inputs: Row) -> str:
    if inputs.get("landline"):
        return f"a look-up at {at(inputs['landline'])} found that it is a landline, which takes no texts"
    newest = inputs.get("newest")
    which = f" (message {newest['message_id']})" if newest else ""
    return f"the newest message to this address{which} found that it cannot receive {inputs.get('channel', 'this channel')}"


def _fresh(inputs: Row) -> str:
    expires = inputs.get("expires_at")
    return f"it may leave until {at(expires)}" if expires else "it does not get stale"


def _paused(inputs: Row) -> str:
    by = f" by {inputs['owner']} since {at(inputs.get('since'))}" if inputs.get("owner") else ""
    why = f": {inputs['reason']}" if inputs.get("reason") else ""
    return f"{scope(inputs.get('scope') or 'it')} is paused{by}{why}"


def _not_paused(inputs: Row) -> str:
    if not (paused := inputs.get("incident_paused")):
        return "nothing it belongs to was paused"
    return f"an incident has paused {scope(paused)} since {at(inputs.get('since'))}, and its notices pass"


def _draining(inputs: Row) -> str:
    turn = f", which comes at {at(inputs['turn_at'])}" if inputs.get("turn_at") else ""
    return f"a pause had held it, and what was held leaves at a limited rate; it waits for its turn{turn}"


def _torn(inputs: Row) -> str:
    since = f" at {at(inputs['held_since'])}" if inputs.get("held_since") else ""
    return f"the ledger was restored or replaced{since}, and nobody has released it yet"


def _gap(inputs: Row) -> str:
    gap = inputs.get("gap")
    if gap:
        return f"what came in between {at(gap['began_at'])} and {at(gap['ended_at'])} has not been read yet"
    return f"the web hooks were silent; their last sign of life was at {at(inputs.get('last_sign_at'))}"


def _doubtful(inputs: Row) -> str:
    held = inputs.get("held")
    since = f" at {at(held['at'])}" if held else ""
    owner = (inputs.get("task") or {}).get("owner")
    return f"a reply{since} may be an opt-out, and {owner or 'a person'} must read it"


def _approved(inputs: Row) -> str:
    if not inputs.get("decided_by"):
        return "a decision approves this wording"
    about = "this template" if inputs.get("subject") == "template" else "the wording of this run"
    return f"{inputs['decided_by']} approved {about} at {at(inputs['decided_at'])} (approval {inputs['approval_id']})"


def _not_approved(inputs: Row) -> str:
    if not inputs.get("approval_id"):
        return "nobody was asked to approve this wording"
    if inputs.get("decision") == "approve" and inputs.get("risk") == "two_people":
        return f"{inputs['decided_by']} has approved it; a second person must agree (approval {inputs['approval_id']})"
    if inputs.get("decision"):
        decided = {"reject": "rejected it", "revoke": "revoked the approval"}.get(
            inputs["decision"], "decided on another"
        )
        return f"{inputs['decided_by']} {decided} at {at(inputs['decided_at'])} (approval {inputs['approval_id']})"
    until = f" until {at(inputs['expires_at'])}" if inputs.get("expires_at") else ""
    return f"{inputs['approver']} has not decided yet (approval {inputs['approval_id']}){until}"


def _objected(inputs: Row) -> str:
    found = inputs.get("findings") or []
    where = listed([f"{words(one['kind'])} in the {one['part']}" for one in found])
    return f"{inputs.get('saw', 'its wording must not leave as it is')}{f' ({where})' if where else ''}"


def _once(inputs: Row) -> str:
    task = inputs.get("task")
    if task and task.get("closed_by"):
        return f"the same text went there within a day, and {task['closed_by']} let it leave all the same"
    return "the same text did not go to this address within a day"


def _twice(inputs: Row) -> str:
    other = inputs.get("other")
    which = f" as message {other['message_id']} at {at(other['at'])}" if other else ""
    return f"the same text went to this address within a day{which}"


def _capped(inputs: Row) -> str:
    until = inputs.get("until")
    opens = f"; open again at {at(datetime.fromisoformat(until))}" if until else ""
    by = f", rule {inputs['rule_id']}" if inputs.get("rule_id") else ""
    return f"the person has been written to as often as the rules allow ({inputs.get('saw', 'a cap')}{by}){opens}"


def _open(inputs: Row) -> str:
    return f"it was an allowed hour everywhere the person may be ({_local(inputs)})"


def _shut(inputs: Row) -> str:
    opens = f"; allowed from {at(inputs['opens'])}" if inputs.get("opens") else ""
    return f"it was outside the allowed hours where the person may be ({_local(inputs)}){opens}"


def _local(inputs: Row) -> str:
    return (
        listed([f"{zone['local']:%a %H:%M} in {zone['zone']}" for zone in inputs.get("zones", ())]) or "no zone known"
    )


def _plain(text: str) -> Callable[[Row], str]:
    return lambda _: text


CHECKS: tuple[Rule, ...] = (
    Rule("the run goes on", NotSentReason.RUN_ENDED, {"run_ended_by": None}, _plain("its run was open"), _ended, True),
    Rule("no opt-out", NotSentReason.OPTED_OUT, {"opted_out": False}, _no_opt_out, _opted_out),
    Rule("consent covers it", NotSentReason.NO_CONSENT, {"consent_needed": 0}, _covered, _not_covered),
    Rule(
        "the address can receive", NotSentReason.BAD_ADDRESS, {"cannot_receive": False},
        _plain("nothing says that this address cannot receive it"), _dead,
    ),
    Rule(
        "still fresh", NotSentReason.EXPIRED, {"expires_at": None}, _fresh,
        lambda inputs: f"it became stale at {at(inputs.get('expires_at'))}", True,
    ),
    Rule(
        "the follow-up is not over", NotSentReason.FOLLOW_UP_OVER, {"follow_up_over": None, "cap": None},
        _plain("the enrolment may still write"), lambda inputs: f"the follow-up is over ({inputs.get('saw', 'as long as it may')})",
    ),
    Rule("not paused", HoldReason.PAUSED, {"paused_by": None}, _not_paused, _paused),
    Rule(
        "its turn has come", HoldReason.DRAINING, {"turn_at": None},
        _plain("it was not waiting for its turn after a pause"), _draining,
    ),
    Rule(
        "the ledger is whole", HoldReason.LEDGER_UNVERIFIED, {"ledger_unverified": False},
        _plain("the ledger is the one that was released"), _torn,
    ),
    Rule(
        "nothing that came in is missing", HoldReason.INBOUND_GAP, {"inbound_unsure": False},
        _plain("what people wrote had reached us"), _gap,
    ),
    Rule(
        "no doubtful opt-out", HoldReason.DOUBTFUL_OPT_OUT, {"opt_out_in_doubt": False},
        _plain("no reply waits to be read as a possible opt-out"), _doubtful,
    ),
    Rule(
        "the lead is not away", HoldReason.AWAY, {"away_until": None},
        _plain("the lead has not said to be away"),
        lambda inputs: f"the lead has said to be away until {at(inputs.get('away_until'))}",
    ),
    Rule("this wording is approved", HoldReason.NOT_APPROVED, {"approved": True}, _approved, _not_approved),
    Rule(
        "its wording may be read", HoldReason.WORDING, {"wording_objection": None},
        _plain("nothing was found in its wording that may not leave"), _objected,
    ),
    Rule(
        "not the same text twice a day", HoldReason.POSSIBLE_DUPLICATE, {"same_text_within_a_day": False}, _once, _twice,
    ),
    Rule(
        "nothing to the person comes first", HoldReason.GIVES_WAY, {"gives_way_to": None},
        _plain("nothing more urgent was under way to the same person"),
        lambda inputs: f"a run of kind {words(inputs.get('kind') or 'unknown')} to the same person is open and comes first",
    ),
    Rule(
        "within the caps", HoldReason.FREQUENCY_CAP, {"cap": None},
        _plain("the person had not been written to as often as the rules allow"), _capped,
    ),
    Rule(
        "outside quiet hours", HoldReason.QUIET_HOURS, {"window": WindowDecision(allowed=True, zones=())}, _open, _shut,
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
