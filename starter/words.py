"""Plain words for what the log and the ledger hold as codes."""

from models.event_kinds import EventKind
from models.sending import HoldReason, NotSentReason
from models.terms import MessageState

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
    EventKind.PAUSED: "Sending was paused",
    EventKind.RESUMED: "Sending was resumed",
    EventKind.STOP_REQUESTED: "A stop was asked for",
    EventKind.ROLL_BACK_REQUESTED: "A rollback was asked for",
    EventKind.SIGNAL_REFUSED: "A typed signal was refused",
    EventKind.HANDED_OVER: "The lead was handed to the CRM",
    EventKind.HANDOFF_FAILED: "The CRM did not take the lead",
    EventKind.UNDONE: "A step was taken back",
    EventKind.ROLLED_BACK: "The rollback ended",
    EventKind.TASK_OPENED: "A task was put on a person's list",
    EventKind.TASK_CLOSED: "A task was closed",
}

_STATES: dict[MessageState, str] = {
    MessageState.PLANNED: "Waits for approval",
    MessageState.READY: "Waits for its turn",
    MessageState.DISPATCHING: "Is being sent",
    MessageState.UNKNOWN: "May have left; the provider is being asked",
    MessageState.ESCALATED: "May have left; a person must say",
    MessageState.ACCEPTED: "Accepted by the provider",
    MessageState.REFUSED: "Refused by the provider",
    MessageState.SUPPRESSED: "Will not be sent",
    MessageState.CANCELLED: "Will not be sent",
    MessageState.EXPIRED: "Became stale",
    MessageState.HELD: "Held",
}

_REASONS: dict[str, str] = {
    HoldReason.PAUSED: "sending is paused",
    HoldReason.QUIET_HOURS: "it is a quiet hour where the person may be",
    HoldReason.NOT_APPROVED: "this wording is not approved",
    HoldReason.DOUBTFUL_OPT_OUT: "a person must read a reply first",
    HoldReason.POSSIBLE_DUPLICATE: "the same text went to this address within a day",
    HoldReason.NOT_DUE: "it is not due",
    NotSentReason.OPTED_OUT: "the person has opted out",
    NotSentReason.NO_CONSENT: "no consent covers it",
    NotSentReason.EXPIRED: "it came too late to be useful",
    NotSentReason.RUN_ENDED: "the run has ended",
    NotSentReason.REFUSED: "the provider does not take it",
    NotSentReason.CLOSED_BY_PERSON: "a person said that it was not sent",
}


def happened(kind: str, reason: str) -> str:
    """Return an event as a sentence."""
    sentence = WHAT_HAPPENED[EventKind(kind)] if kind in set(EventKind) else kind
    return f"{sentence}: {_REASONS.get(reason, reason.replace('_', ' '))}." if reason else f"{sentence}."


def stands(state: str, reason: str | None, delivery: str | None) -> str:
    """Return how a message stands as a sentence."""
    sentence = _STATES[MessageState(state)]
    if delivery and state == MessageState.ACCEPTED:
        return f"{sentence}; delivery: {delivery}."
    return f"{sentence}: {_REASONS.get(reason, reason)}." if reason else f"{sentence}."
