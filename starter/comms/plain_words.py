"""Codes of the rows, said so that a person understands them."""

from collections.abc import Mapping
from typing import Any

from models.sending import HoldReason, NotSentReason
from models.terms import AttemptOutcome, ConsentKind, ConsentStatus, DecisionKind, EvidenceSource, MessageState

_STATES = {
    MessageState.PLANNED: "not sent yet: it is planned and waits for approval",
    MessageState.READY: "not sent yet: it waits for its turn",
    MessageState.HELD: "held",
    MessageState.DISPATCHING: "being sent right now",
    MessageState.UNKNOWN: "in doubt: the provider's answer was lost; it is being looked up and is not sent again",
    MessageState.ESCALATED: "in doubt: a person must find out whether it left; it is not sent again",
    MessageState.ACCEPTED: "sent: its provider has accepted it",
    MessageState.REFUSED: "not sent: its provider refused it",
    MessageState.SUPPRESSED: "not sent and never will be",
    MessageState.CANCELLED: "not sent and never will be",
    MessageState.EXPIRED: "not sent and never will be",
}
_REASONS = {
    HoldReason.PAUSED: "something it belongs to is paused",
    HoldReason.QUIET_HOURS: "these are quiet hours where the person may be",
    HoldReason.NOT_APPROVED: "no valid decision approves this wording",
    HoldReason.DOUBTFUL_OPT_OUT: "a reply may have been an opt-out; a person must read it",
    HoldReason.POSSIBLE_DUPLICATE: "the same text went to this address within a day",
    HoldReason.NOT_DUE: "its moment has not come",
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
_SOURCES = {
    EvidenceSource.ANSWER: "the provider's answer",
    EvidenceSource.CALLBACK: "the provider's callback",
    EvidenceSource.LIST: "the provider's list",
    EvidenceSource.LEASE: "the end of the lease",
    EvidenceSource.PERSON: "a person",
}

_DECIDED = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.REJECT: "rejected",
    DecisionKind.REVOKE: "approved, then revoked",
}


def standing(message: Mapping[str, Any]) -> str:
    """Return why a message was or was not sent, in one sentence."""
    said = _STATES[MessageState(message["state"])]
    if message["reason"]:
        known = {str(code): words for code, words in _REASONS.items()}
        said += f": {known.get(message['reason'], message['reason'])}"
    if message["delivery"]:
        said += f". Delivery: {message['delivery']}"
    if message["failure_class"]:
        said += f". Failure: {_words(message['failure_class'])}"
    return said


def attempt(row: Mapping[str, Any]) -> str:
    """Return what came of one call."""
    outcome = AttemptOutcome(row["outcome"]) if row["outcome"] else None
    return f"call {row['fence']} by {row['worker']}: {_OUTCOMES[outcome]}{_in_brackets(row['reason'])}"


def evidence(row: Mapping[str, Any]) -> str:
    """Return what somebody said about a call."""
    known = {str(code): words for code, words in _SOURCES.items()}
    source = known.get(row["source"], row["source"])
    return f"{source} says {_words(row['kind'])} of call {row['fence']}{_in_brackets(row['reason'])}"


def event(row: Mapping[str, Any]) -> str:
    """Return what happened, without the moment."""
    scope = row["facts"].get("scope") or row["facts"].get("step")
    return f"{_words(row['kind'])}{f' {scope}' if scope else ''}{_in_brackets(_words(row['reason']))}"


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
