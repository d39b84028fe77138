"""How a run stands, in a sentence. Pure."""

from models.explaining import digest_sentences, reviews
from models.explaining.known import RunKnown
from models.explaining.phrases import at, words
from models.incidents.travelling import IncidentOutcome
from models.reasons import WHY_HELD
from models.sending import HoldReason
from models.template_tests import TemplateTestOutcome
from models.terms import MessageState, OutreachOutcome, RunKind, RunState

ENDS: dict[str, str] = {
    OutreachOutcome.REPLIED: "the lead replied{label}, so the automation ended and a person answers",
    OutreachOutcome.NO_RESPONSE: "every step was taken and nobody answered",
    OutreachOutcome.OPTED_OUT: "the person opted out{label}",
    OutreachOutcome.NO_CONSENT: "the consent did not cover its messages",
    OutreachOutcome.NOT_APPROVED: "{decided}",
    OutreachOutcome.UNREACHABLE: "no channel reaches the lead",
    OutreachOutcome.EXPIRED: "its messages became stale before they could leave",
    OutreachOutcome.STOPPED: "{stopped_by} stopped it",
    OutreachOutcome.ROLLED_BACK: "{rolled_back_by} had it rolled back",
    IncidentOutcome.SUMMARISED: "the incident is resolved, and the client has its summary",
    OutreachOutcome.GIVEN_TO_PERSON: "it could not go on by itself, so it was given to {escalation_owner}",
    TemplateTestOutcome.SENT: "the test has left",
    TemplateTestOutcome.NOT_SENT: "the test did not leave; its message says why",
    TemplateTestOutcome.IN_DOUBT: "the test may or may not have left, which is looked up",
} | digest_sentences.ENDS
_GOES_ON: dict[RunState, str] = {
    RunState.REQUESTED: "it was asked for and has not begun",
    RunState.AWAITING_APPROVAL: "its wording waits for approval",
    RunState.SCHEDULED: "its turn has not come",
    RunState.SENDING: "it is sending",
    RunState.AWAITING_REPLY: "it waits for a reply or for its next step",
    RunState.HELD: "its next message is held",
    RunState.AWAITING_PERSON: "a message is in doubt, and the provider or a person must tell",
    RunState.HANDING_OVER: "the lead has replied and is being handed over",
    RunState.CLOSED: "it has ended",
}


def run_answer(run: RunKnown) -> str:
    """Return how a run stands."""
    row = run.row
    if row["outcome"]:
        after = ""
        if run.rolled_back_at and row["outcome"] != OutreachOutcome.ROLLED_BACK:
            after = f" It was rolled back at {at(run.rolled_back_at)}, as {row['roll_back_requested_by']} had asked."
        return f"It ended at {at(row['closed_at'])}: {ended_by(run)}.{after}"
    if any(reply["ends_automation"] for reply in run.replies):
        return f"It is about to end: the lead has replied{_label(run)}."
    asked = next((f"{row[who]} has asked for it to be {what}" for who, what in _ASKED if row[who]), None)
    if run.incident is not None and asked is None:
        return f"It goes on. {run.incident.in_words}"
    return f"It goes on: {asked or _stands(run)}."


def ended_by(run: RunKnown) -> str:
    """Return why a run ended, or is about to, as the end of a sentence."""
    row = run.row
    if row["outcome"] is None:
        if row["roll_back_requested_by"] or row["stop_requested_by"]:
            who = row["roll_back_requested_by"] or row["stop_requested_by"]
            return f"{who} had asked for it to {'be rolled back' if row['roll_back_requested_by'] else 'stop'}"
        return f"the {'lead' if run.job is None else 'customer'} had replied{_label(run)}"
    ends, of_job = (ENDS, {}) if run.job is None else (reviews.ENDS, reviews.in_ending(run.job))
    return ends[row["outcome"]].format(
        **of_job,
        label=_label(run),
        decided=_decided(run),
        stopped_by=row["stop_requested_by"] or "somebody in the Temporal UI",
        rolled_back_by=row["roll_back_requested_by"] or "somebody",
        escalation_owner=row["escalation_owner"],
    )


def _stands(run: RunKnown) -> str:
    """Return what an open run waits for, and why its next message is held, if one is."""
    held = (row["reason"] for row in run.messages if row["state"] == MessageState.READY and row["reason"])
    why = next((f"its next message is held: {WHY_HELD[HoldReason(reason)]}" for reason in held), None)
    of_job = reviews.goes_on(run.job) if run.job else None
    if why and of_job is None and run.row["state"] == RunState.HELD:
        return why
    goes_on = digest_sentences.GOES_ON if run.row["kind"] == RunKind.REPORT_DIGEST else _GOES_ON
    stands = of_job or goes_on[RunState(run.row["state"])]
    return f"{stands}; {why}" if why else stands


def _label(run: RunKnown) -> str:
    ending = next((reply for reply in run.replies if reply["ends_automation"]), None)
    return f" at {at(ending['at'])} ({words(ending['label'])})" if ending else ""


def _decided(run: RunKnown) -> str:
    approval = run.approval
    if approval is None or approval["decision"] in (None, "approve"):
        return "its wording was not approved in time"
    verb = "rejected" if approval["decision"] == "reject" else "withdrew the approval of"
    why = f": {approval['decision_reason']}" if approval["decision_reason"] else ""
    return f"{approval['decided_by']} {verb} its wording at {at(approval['decided_at'])}{why}"


_ASKED = (("roll_back_requested_by", "rolled back"), ("stop_requested_by", "stopped"))
