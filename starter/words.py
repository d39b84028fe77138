"""Codes of the rows, said so that a person understands them: for the API and for the command line."""

from collections.abc import Mapping
from typing import Any

from models.event_kinds import EventKind
from models.reasons import WHY_HELD, WHY_NOT_SENT
from models.sending import NotSentReason
from models.terms import MessageState

WHAT_HAPPENED: dict[EventKind, str] = {
    EventKind.LEAD_RECEIVED: "A lead event came in",
    EventKind.LEAD_SETTLED: "A person settled a lead event",
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
    EventKind.APPROVAL_SHOWN: "The wording was read by the link of an approver",
    EventKind.APPROVAL_REMINDED: "The approver was reminded",
    EventKind.APPROVAL_DELEGATED: "The approval was handed to the delegate",
    EventKind.LINK_ISSUED: "A single-use approval link was issued",
    EventKind.STAFF_CHANGED: "What a member of staff may do was changed",
    EventKind.SIGNED_IN: "A member of staff signed in",
    EventKind.SIGN_IN_REFUSED: "An attempt to sign in was refused",
    EventKind.SIGNED_OUT: "A member of staff signed out",
    EventKind.PAYLOADS_SHOWN: "Encrypted payloads of workflows were shown to a member of staff",
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
    EventKind.MAIL_IGNORED: "A mail server or a virus wrote to us; nothing was made of it",
    EventKind.ABSENCE_NOTED: "An automatic reply says until when the lead is away; the run waits",
    EventKind.PHONE_UNLINKED: "The number is somebody else's; it was taken from the lead",
    EventKind.INBOUND_UNMATCHED: "Something came in that belongs to nobody known",
    EventKind.INBOUND_BACKFILLED: "A text that no web hook had brought was read from the provider's list",
    EventKind.INBOUND_RETRIED: "What had been set aside was tried again",
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
    EventKind.WORDING_BLOCKED: "The wording holds what must not leave",
    EventKind.DRAFT_STORED: "A draft was stored",
    EventKind.DRAFT_REVISED: "A draft was revised",
    EventKind.DRAFT_REVIEWED: "A draft was reviewed",
    EventKind.DRAFT_REFUSED: "An attempt to review a draft was refused",
    EventKind.MARK_ENTERED: "What is a client's own was entered",
    EventKind.INCIDENT_DRAFTED: "An incident was drafted; nothing is paused by that",
    EventKind.INCIDENT_OPENED: "An incident was opened; what it touches is paused",
    EventKind.INCIDENT_NOTED: "A note for colleagues was added to the incident",
    EventKind.INCIDENT_UPDATED: "An update of the incident was written",
    EventKind.INCIDENT_MOVED: "The incident stands otherwise",
    EventKind.INCIDENT_CANCELLED: "The draft of an incident was dropped",
    EventKind.INCIDENT_OVERDUE: "The promised update of the incident is overdue; somebody responsible was told",
    EventKind.NOTICE_WRITTEN: "The notice of the incident was written",
    EventKind.NOTICE_REFUSED: "The notice of the incident was refused",
    EventKind.RESUME_ASKED: "The resume after the incident waits for approval",
    EventKind.JOB_REPORTED: "A finished job was reported",
    EventKind.JOB_CHANGED: "The job stands otherwise than reported before",
    EventKind.REVIEW_DELAYED: "A complaint is open; the request waits until it is settled",
    EventKind.REVIEW_SCHEDULED: "The customer's turn was set",
    EventKind.REVIEW_NOT_ASKED: "The customer is not asked, or no further",
    EventKind.REVIEW_LINK_USED: "The review link was used",
    EventKind.REVIEW_OBSERVED: "A review was seen that answers the request",
    EventKind.REVIEWS_UNREADABLE: "The reviews of a location could not be read",
    EventKind.REVIEWS_READABLE: "The reviews of a location can be read again",
    EventKind.OUTCOME_RECORDED: "Somebody said what became of the lead",
    EventKind.OUTCOME_CONTRADICTED: "Two sources contradict each other about what became of the lead",
    EventKind.RULE_ENTERED: "A sending rule was entered",
    EventKind.ALREADY_ENROLLED: "A start was asked for while this run is open for the same person; it stays the only one",
    EventKind.REPORT_SET: "A report was set up or changed",
    EventKind.REPORT_NOTED: "A colleague noted something about a report",
    EventKind.SOURCE_CONNECTED: "A source of figures was connected",
    EventKind.SOURCE_DISCONNECTED: "A source of figures was disconnected",
    EventKind.SOURCE_FAILED: "A source of figures could not be read",
    EventKind.DIGEST_HELD: "The digest is held because a required source is missing",
    EventKind.DIGEST_DRAFTED: "The digest was drafted and waits for its two reviews",
    EventKind.FIGURES_RESTATED: "Figures that were shown have changed; this digest says so",
    EventKind.REPORT_UNREAD: "Nobody has read the report; the account manager was told",
    EventKind.POST_STAGED: "A post for the client was staged; it needs two reviews",
    EventKind.POST_PUBLISHED: "A post was published to the client",
    EventKind.POST_NOT_PUBLISHED: "A post was not published",
    EventKind.POST_WITHDRAWN: "A post was withdrawn from the client",
    EventKind.POST_CORRECTED: "A correction of a post was staged; it needs two reviews",
    EventKind.POST_VIEWED: "The client has seen a post",
    EventKind.PORTAL_LINK_ISSUED: "A link to the portal was issued",
    EventKind.PORTAL_LINK_REVOKED: "A link to the portal was revoked",
    EventKind.CONTACT_CHANGED: "What a person at the client receives was changed",
    EventKind.WORDING_BLOCKED: "What is written in a message must not leave",
    EventKind.DRAFT_STORED: "A draft was written",
    EventKind.DRAFT_REVISED: "A draft was edited",
    EventKind.DRAFT_REVIEWED: "A person reviewed a draft",
    EventKind.DRAFT_REFUSED: "A draft that nobody has reviewed was not used",
    EventKind.MARK_ENTERED: "What is a client's own was changed",
    EventKind.INCIDENT_DRAFTED: "An incident was entered as a draft",
    EventKind.INCIDENT_OPENED: "An incident was opened",
    EventKind.INCIDENT_NOTED: "A colleague noted something about the incident",
    EventKind.INCIDENT_UPDATED: "More was said about the incident",
    EventKind.INCIDENT_MOVED: "The incident moved on",
    EventKind.INCIDENT_CANCELLED: "The draft of an incident was dropped",
    EventKind.INCIDENT_OVERDUE: "The client was to hear of the incident by now, and did not",
    EventKind.NOTICE_WRITTEN: "Messages about the incident were written to people at the client",
    EventKind.NOTICE_REFUSED: "A notice of the incident must not be shown as it is worded",
    EventKind.RESUME_ASKED: "Letting go what was held was previewed, and its approval asked for",
    EventKind.TASK_OPENED: "A task was put on a person's list",
    EventKind.EXPORTED: "Rows were exported",
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
_CLOSED_BY_PERSON = "not sent: a person found that it had not left and closed it"
_ANSWERED_BY_PERSON = {
    "person_was_sent": "A person found that a message had been sent",
    "person_not_sent": "A person found that a message had not left, and closed it as not sent",
}
"""What is known of a message because somebody has looked it up; its provider has said nothing."""
_REASONS: dict[str, str] = dict(WHY_HELD.items()) | dict(WHY_NOT_SENT.items())


def standing(message: Mapping[str, Any]) -> str:
    """Return why a message was or was not sent, as the rest of a sentence."""
    if message["reason"] == NotSentReason.CLOSED_BY_PERSON:
        return _CLOSED_BY_PERSON
    said = _STATES[MessageState(message["state"])]
    if message["reason"]:
        said += f": {_REASONS.get(message['reason'], _spaced(message['reason']))}"
    if message["delivery"]:
        said += f". Delivery: {message['delivery']}"
    if message["failure_class"]:
        said += f". Failure: {_spaced(message['failure_class'])}"
    return said


def stands(message: Mapping[str, Any]) -> str:
    """Return why a message was or was not sent, as a sentence."""
    said = standing(message)
    return f"{said[0].upper()}{said[1:]}."


def happened(kind: str, reason: str) -> str:
    """Return an event as a sentence."""
    if reason in _ANSWERED_BY_PERSON:
        return f"{_ANSWERED_BY_PERSON[reason]}."
    what = WHAT_HAPPENED[EventKind(kind)] if kind in set(EventKind) else _spaced(kind)
    return f"{what}: {_REASONS.get(reason, _spaced(reason))}." if reason else f"{what}."


def spoken(code: str) -> str:
    """Return a code as words: a reason or an event as its sentence says it, anything else with spaces."""
    if code in set(EventKind):
        return WHAT_HAPPENED[EventKind(code)]
    return _REASONS.get(code, _spaced(code))


def _spaced(code: str) -> str:
    return code.replace("_", " ")
