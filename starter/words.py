"""Codes of the rows, said so that a person understands them: for the API and for the command line."""

from collections.abc import Mapping
from typing import Any

from models.event_kinds import EventKind
from models.sending import HoldReason, NotSentReason
from models.terms import AttemptOutcome, ConsentKind, ConsentStatus, DecisionKind, EvidenceSource, MessageState

WHAT_HAPPENED: dict[EventKind, str] = {
    EventKind.RUN_REQUESTED: "The run was asked for",
    EventKind.RUN_STARTED: "The run started",
    EventKind.RUN_CLOSED: "The run ended",
    EventKind.CONSENT_GRANTED: "A permission was recorded",
    EventKind.OPTED_OUT: "The address was opted out",
    EventKind.OPT_OUT_IN_DOUBT: "A reply may be an opt-out",
    EventKind.APPROVAL_REQUESTED: "Approval was asked for",
    EventKind.APPROVAL_ESCALATED: "Nobody had decided; the escalation owner was told",
    EventKind.APPROVAL_DECIDED: "A decision was given",
    EventKind.APPROVAL_REFUSED: "An attempt to decide was refused",
    EventKind.CODE_ISSUED: "A single-use approval code was issued",
    EventKind.MESSAGE_PLANNED: "A message was planned",
    EventKind.MESSAGE_HELD: "A message is held",
    EventKind.MESSAGE_ACCEPTED: "The provider accepted a message",
    EventKind.MESSAGE_REFUSED: "The provider refused a message",
    EventKind.MESSAGE_NOT_SENT: "A message will not be sent",
    EventKind.MESSAGE_IN_DOUBT: "It is not known whether a message left; the provider is being asked",
    EventKind.MESSAGE_ESCALATED: "The provider's list did not tell; a person decides",
    EventKind.DELIVERED: "A message was delivered",
    EventKind.DELIVERY_FAILED: "A message was not delivered",
    EventKind.CONFLICTING_EVIDENCE: "Two sources disagree about a message",
    EventKind.REPLY_RECEIVED: "A reply came in",
    EventKind.INBOUND_UNMATCHED: "Something came in that belongs to nobody known",
    EventKind.WEB_HOOK_REFUSED: "A web hook was refused",
    EventKind.RESEND_ASKED: "A message in doubt was asked to be sent again",
    EventKind.RESEND_SETTLED: "The provider was looked at once more, for a message that was to be sent again",
    EventKind.INBOUND_GAP_OPENED: "The web hooks were silent; sending to contacts is held",
    EventKind.INBOUND_GAP_CLOSED: "What came in during the silence has been read; sending goes on",
    EventKind.LEDGER_HELD: "The ledger was restored or replaced; sending to contacts is held",
    EventKind.LEDGER_RELEASED: "The ledger was released; sending goes on",
    EventKind.PAUSED: "Sending was paused",
    EventKind.RESUMED: "Sending was resumed",
    EventKind.STOP_REQUESTED: "A stop was asked for",
    EventKind.ROLL_BACK_REQUESTED: "A rollback was asked for",
    EventKind.SIGNAL_REFUSED: "A typed signal was refused",
    EventKind.HANDED_OVER: "The lead was handed to the CRM",
    EventKind.HANDOFF_POSTPONED: "The CRM could not be reached; the lead is offered to it again later",
    EventKind.HANDOFF_ASKED_AGAIN: "Somebody asked for the lead to be offered to the CRM again",
    EventKind.CRM_SWITCHED_OFF: "The CRM wants nothing more; it is switched off",
    EventKind.HANDOFF_FAILED: "The CRM did not take the lead",
    EventKind.UNDONE: "A step was taken back",
    EventKind.ROLLED_BACK: "The rollback ended",
    EventKind.TASK_OPENED: "A task was put on a person's list",
    EventKind.TASK_CLOSED: "A task was closed",
}

_STATES: dict[MessageState, str] = {
    MessageState.PLANNED: "not sent yet: it is planned and waits for approval",
    MessageState.READY: "not sent yet: it waits for its turn",
    MessageState.DISPATCHING: "being sent right now",
    MessageState.UNKNOWN: "in doubt: the provider's answer was lost; it is being looked up and is not sent again",
    MessageState.ESCALATED: "in doubt: a person must find out whether it left; it is not sent again",
    MessageState.ACCEPTED: "sent: its provider has accepted it",
    MessageState.REFUSED: "not sent: its provider refused it",
    MessageState.SUPPRESSED: "not sent and never will be",
    MessageState.CANCELLED: "not sent and never will be",
    MessageState.EXPIRED: "not sent and never will be",
}
_REASONS: dict[str, str] = {
    HoldReason.PAUSED: "something it belongs to is paused",
    HoldReason.QUIET_HOURS: "these are quiet hours where the person may be",
    HoldReason.NOT_APPROVED: "no valid decision approves this wording",
    HoldReason.DOUBTFUL_OPT_OUT: "a reply may have been an opt-out; a person must read it",
    HoldReason.POSSIBLE_DUPLICATE: "the same text went to this address within a day",
    HoldReason.TRY_LATER: "the provider asked to wait",
    HoldReason.INBOUND_GAP: "a reply or an opt-out may have been missed, and the provider's list is not read yet",
    HoldReason.LEDGER_UNVERIFIED: "the ledger was restored or replaced, and a person must compare it with the providers",
    NotSentReason.OPTED_OUT: "the person has opted out",
    NotSentReason.NO_CONSENT: "the person's consent does not cover it",
    NotSentReason.EXPIRED: "it became stale before it could leave",
    NotSentReason.RUN_ENDED: "the run ended first",
    NotSentReason.REFUSED: "final refusal",
    NotSentReason.CLOSED_BY_PERSON: "a person found that it had not left and closed it",
}
_OUTCOMES = {
    AttemptOutcome.ACCEPTED: "accepted",
    AttemptOutcome.NOT_ACCEPTED: "not accepted",
    AttemptOutcome.UNKNOWN: "answer lost",
    None: "nobody has reported yet",
}
_SOURCES: dict[str, str] = {
    EvidenceSource.ANSWER: "the provider's answer",
    EvidenceSource.CALLBACK: "the provider's callback",
    EvidenceSource.LIST: "the provider's list",
    EvidenceSource.CHECK: "a look-up",
    EvidenceSource.LEASE: "the end of the lease",
    EvidenceSource.PERSON: "a person",
}

_DECIDED = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.REJECT: "rejected",
    DecisionKind.REVOKE: "approved, then revoked",
}


def standing(message: Mapping[str, Any]) -> str:
    """Return why a message was or was not sent, as the rest of a sentence."""
    said = _STATES[MessageState(message["state"])]
    if message["reason"]:
        said += f": {_REASONS.get(message['reason'], _words(message['reason']))}"
    if message["delivery"]:
        said += f". Delivery: {message['delivery']}"
    if message["failure_class"]:
        said += f". Failure: {_words(message['failure_class'])}"
    return said


def why_held(reason: HoldReason) -> str:
    """Return why a message waits, as the end of a sentence."""
    return _REASONS[reason]


def stands(message: Mapping[str, Any]) -> str:
    """Return why a message was or was not sent, as a sentence."""
    said = standing(message)
    return f"{said[0].upper()}{said[1:]}."


def attempt(row: Mapping[str, Any]) -> str:
    """Return what came of one call."""
    outcome = AttemptOutcome(row["outcome"]) if row["outcome"] else None
    return f"call {row['fence']} by {row['worker']}: {_OUTCOMES[outcome]}{_in_brackets(row['reason'])}"


def evidence(row: Mapping[str, Any]) -> str:
    """Return what somebody said about a call."""
    source = _SOURCES.get(row["source"], row["source"])
    return f"{source} says {_words(row['kind'])} of call {row['fence']}{_in_brackets(row['reason'])}"


def happened(kind: str, reason: str) -> str:
    """Return an event as a sentence."""
    what = WHAT_HAPPENED[EventKind(kind)] if kind in set(EventKind) else _words(kind)
    return f"{what}: {_REASONS.get(reason, _words(reason))}." if reason else f"{what}."


def consent(row: Mapping[str, Any]) -> str:
    """Return what one consent event says."""
    what = {
        ConsentStatus.GRANTED: "permission",
        ConsentStatus.REVOKED: "opt-out",
        ConsentStatus.HELD: "possible opt-out",
        ConsentStatus.RELEASED: "no opt-out after all",
    }[ConsentStatus(row["status"])]
    rung = f" for {ConsentKind(row['kind']).name.lower()} messages" if row["kind"] else ""
    return f"{what}{rung} by {row['channel']} (source: {_words(row['source'])})"


def approval(row: Mapping[str, Any]) -> str:
    """Return how an approval stands."""
    about = "wording of this run" if row["subject"] == "run" else "template"
    if row["superseded_at"]:
        return f"{about}: replaced by a newer approval"
    if row["decision"] is None:
        return f"{about}: waits for {row['approver']}"
    return f"{about}: {_DECIDED[DecisionKind(row['decision'])]} by {row['decided_by']} through {_words(row['decided_through'])}"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _in_brackets(reason: str | None) -> str:
    return f" ({reason})" if reason else ""
