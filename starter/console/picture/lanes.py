"""Which lane of the picture of a run each kind of event belongs to, and how its mark looks."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from models.event_kinds import EventKind as E
from models.terms import DecisionKind, UndoState


class Lane(StrEnum):
    """One strip of the picture; the order here is the order there. The values are shown."""

    RUN = "Run"
    APPROVALS = "Approvals"
    WAITS = "Waits"
    MESSAGES = "Messages"
    REPORTS = "Reports"
    REPLIES = "Replies"
    HANDOVER = "Hand-over"
    PAUSES = "Pauses"
    PEOPLE = "People"
    UNDO = "Undo"


class Look(StrEnum):
    """What a mark says at a glance; each has a shape of its own besides its colour. The values are classes of the style."""

    PLAIN = "plain"
    GOOD = "good"
    WAITS = "waits"
    BAD = "bad"
    ASKS = "asks"
    BACK = "back"


class Place(NamedTuple):
    """Where and how an event is shown."""

    lane: Lane
    look: Look


_PLAIN = {
    Lane.RUN: (
        E.LEAD_RECEIVED, E.LEAD_SETTLED, E.RUN_REQUESTED, E.RUN_STARTED, E.ALREADY_ENROLLED, E.JOB_REPORTED, E.JOB_CHANGED,
        E.INCIDENT_DRAFTED, E.INCIDENT_OPENED, E.INCIDENT_NOTED, E.INCIDENT_UPDATED, E.INCIDENT_MOVED, E.REPORT_SET,
        E.REPORT_NOTED, E.RULE_ENTERED, E.STAFF_CHANGED, E.SIGNED_IN, E.SIGNED_OUT, E.SIGN_IN_REFUSED, E.PAYLOADS_SHOWN, E.EXPORTED,
        E.MARK_ENTERED, E.LEDGER_RELEASED,
    ),
    Lane.APPROVALS: (
        E.APPROVAL_SHOWN, E.APPROVAL_REMINDED, E.APPROVAL_DELEGATED, E.CODE_ISSUED, E.LINK_ISSUED, E.DRAFT_STORED,
        E.DRAFT_REVISED, E.DRAFT_REVIEWED, E.DIGEST_DRAFTED,
    ),
    Lane.WAITS: (E.REVIEW_SCHEDULED,),
    Lane.MESSAGES: (E.MESSAGE_PLANNED, E.NOTICE_WRITTEN),
    Lane.REPORTS: (
        E.INBOUND_BACKFILLED, E.INBOUND_RETRIED, E.INBOUND_GAP_CLOSED, E.REVIEWS_READABLE, E.SOURCE_CONNECTED,
        E.SOURCE_DISCONNECTED, E.FIGURES_RESTATED,
    ),
    Lane.REPLIES: (E.MAIL_IGNORED, E.ABSENCE_NOTED, E.REVIEW_LINK_USED, E.CONTACT_CHANGED),
    Lane.HANDOVER: (
        E.HANDOFF_ASKED_AGAIN, E.POST_STAGED, E.POST_CORRECTED, E.PORTAL_LINK_ISSUED, E.PORTAL_LINK_REVOKED,
        E.OUTCOME_RECORDED,
    ),
    Lane.PEOPLE: (E.TASK_CLOSED, E.RESEND_SETTLED),
}  # fmt: skip
_GOOD = {
    Lane.RUN: (E.RUN_CLOSED,),
    Lane.MESSAGES: (E.MESSAGE_ACCEPTED,),
    Lane.REPORTS: (E.DELIVERED,),
    Lane.REPLIES: (E.REPLY_RECEIVED, E.CONSENT_GRANTED, E.REVIEW_OBSERVED, E.POST_VIEWED),
    Lane.HANDOVER: (E.HANDED_OVER, E.POST_PUBLISHED),
    Lane.PAUSES: (E.RESUMED,),
}
_WAITS = {
    Lane.WAITS: (E.REVIEW_DELAYED, E.DIGEST_HELD),
    Lane.MESSAGES: (E.MESSAGE_HELD,),
    Lane.REPORTS: (E.MESSAGE_IN_DOUBT,),
    Lane.HANDOVER: (E.HANDOFF_POSTPONED,),
    Lane.PAUSES: (E.PAUSED, E.LEDGER_HELD, E.INBOUND_GAP_OPENED),
}
_BAD = {
    Lane.RUN: (E.STOP_REQUESTED, E.SIGNAL_REFUSED, E.WEB_HOOK_REFUSED, E.INCIDENT_CANCELLED),
    Lane.APPROVALS: (E.APPROVAL_REFUSED, E.WORDING_BLOCKED, E.DRAFT_REFUSED, E.NOTICE_REFUSED),
    Lane.MESSAGES: (E.MESSAGE_REFUSED, E.MESSAGE_NOT_SENT, E.REVIEW_NOT_ASKED),
    Lane.REPORTS: (E.DELIVERY_FAILED, E.CONFLICTING_EVIDENCE, E.SOURCE_FAILED, E.REVIEWS_UNREADABLE),
    Lane.REPLIES: (E.OPTED_OUT, E.OPT_OUT_IN_DOUBT, E.PHONE_UNLINKED, E.INBOUND_UNMATCHED, E.REPORT_UNREAD),
    Lane.HANDOVER: (
        E.HANDOFF_FAILED, E.CRM_SWITCHED_OFF, E.POST_NOT_PUBLISHED, E.POST_WITHDRAWN, E.OUTCOME_CONTRADICTED,
    ),
}  # fmt: skip
_ASKS = {
    Lane.APPROVALS: (E.APPROVAL_REQUESTED, E.APPROVAL_ESCALATED, E.RESUME_ASKED),
    Lane.PEOPLE: (E.TASK_OPENED, E.MESSAGE_ESCALATED, E.INCIDENT_OVERDUE, E.RESEND_ASKED),
}
_BACK = {Lane.UNDO: (E.ROLL_BACK_REQUESTED, E.UNDONE, E.ROLLED_BACK)}
_BY_LOOK: Mapping[Look, Mapping[Lane, tuple[E, ...]]] = {
    Look.PLAIN: _PLAIN,
    Look.GOOD: _GOOD,
    Look.WAITS: _WAITS,
    Look.BAD: _BAD,
    Look.ASKS: _ASKS,
    Look.BACK: _BACK,
}
PLACES: Mapping[E, Place] = {
    kind: Place(lane, look) for look, lanes in _BY_LOOK.items() for lane, kinds in lanes.items() for kind in kinds
}
_DECIDED = {DecisionKind.APPROVE.value: Look.GOOD}
_NOT_TAKEN_BACK = frozenset({UndoState.NOT_UNDOABLE.value, UndoState.GIVEN_TO_PERSON.value})


def place_of(kind: str, reason: str) -> Place:
    """Return where an event of a kind is shown; one of a later version is shown in the first lane."""
    if kind not in set(E):
        return Place(Lane.RUN, Look.PLAIN)
    match E(kind):
        case E.APPROVAL_DECIDED:
            return Place(Lane.APPROVALS, _DECIDED.get(reason, Look.BAD))
        case E.UNDONE if reason in _NOT_TAKEN_BACK:
            return Place(Lane.UNDO, Look.BAD)
        case known:
            return PLACES[known]
