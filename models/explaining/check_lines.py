"""The lines of the gate as they are shown: those that were asked, then those that were not. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.explaining.answers import CheckLine, Remedy, Verdict
from models.explaining.checks import BY_NAME, CHECKS, in_words
from models.explaining.known import Known
from models.explaining.phrases import Row, at, scope
from models.explaining.remedies import REMEDIES, filled, ways_to_resume
from models.sending import NotSentReason

_NEVER_ASKED = "Not asked: the gate has not been asked about this message."
_STOPPED_BEFORE = "Not asked: a check before it had stopped the message."
_NOT_FOR_COLLEAGUES = "Not asked: what goes to a colleague does not need it."


def lines(known: Known, asked: list[Row], seen: Mapping[str, Row]) -> list[CheckLine]:
    """Return every check in the order of the gate.

    Args:
        known: the message.
        asked: what was asked, in order: `rule`, `passed`, `saw`.
        seen: what those checks looked at, by rule.
    """
    made = [_asked(known, check, seen.get(check["rule"], {})) for check in asked]
    names = {check["rule"] for check in asked}
    why_not = _why_not_asked(known, asked)
    made += [
        CheckLine(number=0, rule=rule.name, verdict=Verdict.NOT_ASKED, inputs={},
                  in_words=why_not if rule.of_colleagues_too or known.is_to_contact else _NOT_FOR_COLLEAGUES)
        for rule in CHECKS if rule.name not in names
    ]  # fmt: skip
    place = {rule.name: place for place, rule in enumerate(CHECKS)}
    made.sort(key=lambda line: place.get(line.rule, len(place)))
    return [line.model_copy(update={"number": number}) for number, line in enumerate(made, 1)]


def in_the_way(made: list[CheckLine]) -> list[Remedy]:
    """Return what each check that stopped it needs, in order. Behind one that ends the message for good nothing counts."""
    found = []
    for line in made:
        if line.to_change is None:
            continue
        found.append(line.to_change)
        rule = BY_NAME.get(line.rule)
        if rule and isinstance(rule.reason, NotSentReason):
            break
    return found


def names_for_remedies(known: Known, seen: Mapping[str, Row]) -> dict[str, Any]:
    """Return what the texts of remedies may name."""
    message, run = known.message, known.run.row
    pause = seen.get("not paused", {})
    approval = seen.get("this wording is approved", {})
    opens = seen.get("outside quiet hours", {}).get("opens")
    free = seen.get("within the caps", {}).get("until")
    tasks = (seen.get(rule, {}).get("task") for rule in ("no doubtful opt-out", "not the same text twice a day"))
    given: dict[str, Any] = {
        "message": message["id"],
        "run": message["run_id"],
        "client": run["client"],
        "channel": message["channel"],
        "needed": seen.get("consent covers it", {}).get("needed") or "such",
        "approver": approval.get("approver") or "the approver",
        "opens": f", at {at(opens)}" if opens else "",
        "free": f", at {at(datetime.fromisoformat(free))}" if free else "",
    }
    if pause.get("scope"):
        given |= {
            "scope": scope(pause["scope"]),
            "resume": ways_to_resume(pause["scope"], str(pause.get("pause_id", "PAUSE"))),
        }
    if approval.get("approval_id"):
        given["approval"] = approval["approval_id"]
    if task := next((task for task in tasks if task and task["closed_at"] is None), None):
        given["task"] = task["id"]
    return given


def _asked(known: Known, check: Row, inputs: Row) -> CheckLine:
    rule, passed = BY_NAME.get(check["rule"]), bool(check["passed"])
    remedy = None if passed or rule is None else REMEDIES[rule.reason]
    return CheckLine(
        number=0,
        rule=check["rule"],
        verdict=Verdict.PASSED if passed else Verdict.STOPPED,
        in_words=in_words(check["rule"], passed, inputs, str(check["saw"])),
        inputs=dict(inputs),
        saw=str(check["saw"]),
        to_change=filled(remedy, names_for_remedies(known, {check["rule"]: inputs})) if remedy else None,
    )


def _why_not_asked(known: Known, asked: list[Row]) -> str:
    return _STOPPED_BEFORE if asked else _NEVER_ASKED
