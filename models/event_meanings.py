"""What each kind of event means for the people who read the log.

Every event carries a status in words that a client may read, when someone is contacted again, and what happens to work
that was held or went wrong. The sentences live here, once.
"""

from typing import NamedTuple

from models.event_kinds import EventKind


class Meaning(NamedTuple):
    """The three sentences of one event kind."""

    client_safe_status: str
    follow_up_rule: str
    recovery_rule: str


_BY_SEQUENCE = "The sequence decides the next step."
_BY_PERSON = "The owner decides."
_NONE = "None."
_SAFE_TO_REPEAT = "Safe to repeat; the same request changes nothing."

MEANINGS: dict[EventKind, Meaning] = {
    EventKind.LEAD_RECEIVED: Meaning("Request received", "By its state.", "Kept, with the request as it came."),
    EventKind.LEAD_SETTLED: Meaning("Request received", _BY_PERSON, "Nothing was sent before."),
    EventKind.RUN_REQUESTED: Meaning("Request received", _BY_SEQUENCE, "Kept until the workflow server has it."),
    EventKind.RUN_STARTED: Meaning("In progress", _BY_SEQUENCE, "Resumes by itself after any outage."),
    EventKind.RUN_CLOSED: Meaning("Finished", _NONE, "Can be rolled back: the hand-over is taken back."),
    EventKind.CONSENT_GRANTED: Meaning("Permission recorded", _NONE, "Withdrawn by an opt-out."),
    EventKind.OPTED_OUT: Meaning("Asked not to be contacted", "Never again.", "Only the person can opt in again."),
    EventKind.OPT_OUT_IN_DOUBT: Meaning("On hold", _BY_PERSON, "Held until a person has read the reply."),
    EventKind.APPROVAL_REQUESTED: Meaning(
        "Awaiting approval", "Escalated if nobody answers.", "Nothing is sent meanwhile."
    ),
    EventKind.APPROVAL_ESCALATED: Meaning("Awaiting approval", _BY_PERSON, "Nothing is sent meanwhile."),
    EventKind.APPROVAL_DECIDED: Meaning("Reviewed", _BY_SEQUENCE, "A later decision on the same wording replaces it."),
    EventKind.APPROVAL_REFUSED: Meaning("Awaiting approval", _NONE, "The run is unharmed; ask for a new code."),
    EventKind.APPROVAL_SHOWN: Meaning("Awaiting approval", _NONE, "Reading changes nothing."),
    EventKind.APPROVAL_REMINDED: Meaning(
        "Awaiting approval", "Escalated if nobody answers.", "Nothing is sent meanwhile."
    ),
    EventKind.APPROVAL_DELEGATED: Meaning(
        "Awaiting approval", "Escalated if nobody answers.", "Nothing is sent meanwhile."
    ),
    EventKind.CODE_ISSUED: Meaning("Awaiting approval", _NONE, "A code works once and expires."),
    EventKind.LINK_ISSUED: Meaning("Awaiting approval", _NONE, "A link works once, for one person, and expires."),
    EventKind.STAFF_CHANGED: Meaning(
        "No change", _NONE, "Counts from the next request on; change it back the same way."
    ),
    EventKind.SIGNED_IN: Meaning("No change", _NONE, "Ends by itself, and with what it was opened with."),
    EventKind.SIGN_IN_REFUSED: Meaning("No change", _NONE, "Nothing was opened; the right person signs in again."),
    EventKind.SIGNED_OUT: Meaning("No change", _NONE, _SAFE_TO_REPEAT),
    EventKind.PAYLOADS_SHOWN: Meaning("No change", _NONE, "Ids, states and times only; the role can be taken away."),
    EventKind.WORDING_BLOCKED: Meaning(
        "Being prepared", _BY_PERSON, "Nothing is sent; the wording is put right first."
    ),
    EventKind.DRAFT_STORED: Meaning("Being prepared", _BY_PERSON, "Internal until a person has reviewed it."),
    EventKind.DRAFT_REVISED: Meaning("Being prepared", _BY_PERSON, "Earlier revisions are kept; a review starts anew."),
    EventKind.DRAFT_REVIEWED: Meaning("Reviewed", _BY_SEQUENCE, "Any edit makes it internal again."),
    EventKind.DRAFT_REFUSED: Meaning("Being prepared", _NONE, "The draft stays internal; the attempt is kept."),
    EventKind.MARK_ENTERED: Meaning("No change", _NONE, "What waits is checked anew; a mark can be taken away."),
    EventKind.MESSAGE_PLANNED: Meaning("Being prepared", _BY_SEQUENCE, "Leaves only through the gate."),
    EventKind.MESSAGE_HELD: Meaning("On hold", _BY_SEQUENCE, "Every check is made again before it leaves."),
    EventKind.MESSAGE_ACCEPTED: Meaning("Sent", _BY_SEQUENCE, "A sent message cannot be recalled, only corrected."),
    EventKind.MESSAGE_REFUSED: Meaning("Not sent", _BY_SEQUENCE, "Repeated only if the refusal allows it."),
    EventKind.MESSAGE_NOT_SENT: Meaning("Not sent", _NONE, "Will not leave later either."),
    EventKind.MESSAGE_IN_DOUBT: Meaning("Being checked", _NONE, "Looked up at the provider; never sent again blindly."),
    EventKind.MESSAGE_ESCALATED: Meaning("Being checked", _BY_PERSON, "A person decides on the evidence."),
    EventKind.DELIVERED: Meaning("Delivered", _BY_SEQUENCE, _NONE),
    EventKind.DELIVERY_FAILED: Meaning("Could not be delivered", _BY_SEQUENCE, "Goes by the class of the failure."),
    EventKind.CONFLICTING_EVIDENCE: Meaning("Being checked", _BY_PERSON, "Nothing is overwritten; a person compares."),
    EventKind.REPLY_RECEIVED: Meaning("Replied", "Automation ends; a person answers.", _NONE),
    EventKind.MAIL_IGNORED: Meaning("No change", _NONE, "Kept sealed; nobody has written it."),
    EventKind.ABSENCE_NOTED: Meaning(
        "On hold", "Goes on once the person is back.", "What is held passes every check again."
    ),
    EventKind.PHONE_UNLINKED: Meaning("Number removed", _BY_PERSON, "A person enters the lead's own number."),
    EventKind.INBOUND_UNMATCHED: Meaning("Received", _BY_PERSON, "Kept until a person has assigned it."),
    EventKind.INBOUND_BACKFILLED: Meaning("Received", _BY_SEQUENCE, "Counts as if its web hook had brought it."),
    EventKind.INBOUND_RETRIED: Meaning("Received", _BY_SEQUENCE, "Set aside again if it still cannot be taken in."),
    EventKind.WEB_HOOK_REFUSED: Meaning("No change", _NONE, "Nothing was stored; check the signing secret."),
    EventKind.INBOUND_GAP_OPENED: Meaning("On hold", _NONE, "Ends by itself once the provider's list has been read."),
    EventKind.INBOUND_GAP_CLOSED: Meaning("In progress", _BY_SEQUENCE, "What is held passes every check again."),
    EventKind.LEDGER_HELD: Meaning("On hold", _BY_PERSON, "Compared with the providers; then a person releases it."),
    EventKind.LEDGER_RELEASED: Meaning("In progress", _BY_SEQUENCE, "What is held passes every check again."),
    EventKind.RESEND_ASKED: Meaning("Being checked", _BY_PERSON, "Needs a second person and a fresh look."),
    EventKind.RESEND_SETTLED: Meaning("Being checked", _BY_SEQUENCE, "Sent again only if the provider has no trace."),
    EventKind.PAUSED: Meaning("On hold", "Resumed by a person.", "What is held passes every check again."),
    EventKind.RESUMED: Meaning("In progress", _BY_SEQUENCE, _SAFE_TO_REPEAT),
    EventKind.STOP_REQUESTED: Meaning("Stopping", _NONE, "Nothing further is sent."),
    EventKind.ROLL_BACK_REQUESTED: Meaning("Being taken back", _NONE, _SAFE_TO_REPEAT),
    EventKind.SIGNAL_REFUSED: Meaning("No change", _NONE, "The run is unharmed; send it again correctly."),
    EventKind.HANDED_OVER: Meaning("With our team", "A person follows up.", "Can be taken back from the CRM."),
    EventKind.HANDOFF_POSTPONED: Meaning("With our team", "A person follows up.", "Offered again for three days."),
    EventKind.HANDOFF_ASKED_AGAIN: Meaning("With our team", "A person follows up.", _SAFE_TO_REPEAT),
    EventKind.CRM_SWITCHED_OFF: Meaning("With our team", _BY_PERSON, "On again once its task is closed."),
    EventKind.HANDOFF_FAILED: Meaning("With our team", _BY_PERSON, "A person enters the lead or offers it again."),
    EventKind.UNDONE: Meaning("Taken back", _NONE, _SAFE_TO_REPEAT),
    EventKind.ROLLED_BACK: Meaning("Taken back", _NONE, "What cannot be undone is a task."),
    EventKind.RULE_ENTERED: Meaning("No change", _NONE, "Never changed in place: a newer rule supersedes it."),
    EventKind.ALREADY_ENROLLED: Meaning(
        "In progress", _BY_SEQUENCE, "The run that is open goes on; nothing new was started."
    ),
    EventKind.JOB_REPORTED: Meaning("Job finished", _BY_SEQUENCE, "Told again, it changes nothing."),
    EventKind.JOB_CHANGED: Meaning(
        "Job changed", _BY_SEQUENCE, "A job that was not finished after all is not asked about."
    ),
    EventKind.REVIEW_DELAYED: Meaning(
        "On hold", "Asked once the complaint is settled.", "Goes on by itself; nobody is left out for good."
    ),
    EventKind.REVIEW_SCHEDULED: Meaning("Scheduled", "One request, one reminder.", "Every check is made again then."),
    EventKind.REVIEW_NOT_ASKED: Meaning("Not asked", _NONE, "Nothing more is sent for this job."),
    EventKind.REVIEW_LINK_USED: Meaning("Link opened", _BY_SEQUENCE, _NONE),
    EventKind.REVIEW_OBSERVED: Meaning("Review received", _NONE, "Ascribed by name and time only; can be wrong."),
    EventKind.REVIEWS_UNREADABLE: Meaning(
        "Being checked", _BY_PERSON, "Read from where it stopped once access is back."
    ),
    EventKind.REVIEWS_READABLE: Meaning("In progress", _NONE, "Nothing was lost: reviews are read by their change."),
    EventKind.REPORT_SET: Meaning("No change", _NONE, "Its schedule follows; digests under way go on as they began."),
    EventKind.REPORT_NOTED: Meaning("No change", _NONE, "Internal; nothing that a client reads is made of it."),
    EventKind.SOURCE_CONNECTED: Meaning("In progress", _NONE, "Digests that waited for it look again."),
    EventKind.SOURCE_DISCONNECTED: Meaning("No change", _NONE, "Its token is erased; connect it again to read on."),
    EventKind.SOURCE_FAILED: Meaning("Some figures are late", _NONE, "Read again by itself; access needs a person."),
    EventKind.DIGEST_HELD: Meaning("On hold", _BY_PERSON, "Goes on by itself once the source can be read."),
    EventKind.DIGEST_DRAFTED: Meaning("Being prepared", "Reviewed by two people.", "Nobody outside sees it before."),
    EventKind.FIGURES_RESTATED: Meaning("Some figures have changed", _NONE, "The next report says what changed."),
    EventKind.REPORT_UNREAD: Meaning("Sent", _BY_PERSON, "The account manager asks the client."),
    EventKind.INCIDENT_DRAFTED: Meaning("No change", _BY_PERSON, "Nothing is paused, and no client hears of a draft."),
    EventKind.INCIDENT_OPENED: Meaning(
        "We are looking into it", "Word by the promised time.", "What it touches is held until it is resumed."
    ),
    EventKind.INCIDENT_NOTED: Meaning("No change", _NONE, "Only ever added to; for colleagues."),
    EventKind.INCIDENT_UPDATED: Meaning(
        "We are looking into it", "Word by the promised time.", "Another one replaces it."
    ),
    EventKind.INCIDENT_MOVED: Meaning("We are looking into it", "Word by the promised time.", "By its allowed moves."),
    EventKind.INCIDENT_CANCELLED: Meaning("No change", _NONE, "Nothing was paused, and no client has heard of it."),
    EventKind.INCIDENT_OVERDUE: Meaning("We are looking into it", _BY_PERSON, "Escalated; an update ends it."),
    EventKind.NOTICE_WRITTEN: Meaning("Being prepared", _BY_SEQUENCE, "Each message leaves only through the gate."),
    EventKind.NOTICE_REFUSED: Meaning("Being prepared", _BY_PERSON, "Its author writes another one."),
    EventKind.RESUME_ASKED: Meaning("On hold", "Escalated if nobody answers.", "Everything stays held meanwhile."),
    EventKind.POST_STAGED: Meaning(
        "Being prepared", "Published once both reviews approve it.", "Nobody outside sees it."
    ),
    EventKind.POST_PUBLISHED: Meaning("Published", "Asked after if nobody reads it.", "Can be withdrawn or corrected."),
    EventKind.POST_NOT_PUBLISHED: Meaning(
        "Being prepared", _BY_PERSON, "Nobody outside sees it; correct it or decide."
    ),
    EventKind.POST_WITHDRAWN: Meaning("Withdrawn", _BY_PERSON, "Shown again only as a reviewed correction."),
    EventKind.POST_CORRECTED: Meaning(
        "Being corrected", "Published once both reviews approve it.", "What was published stays until then."
    ),
    EventKind.POST_VIEWED: Meaning("Read", _NONE, _NONE),
    EventKind.PORTAL_LINK_ISSUED: Meaning("No change", _NONE, "Can be revoked; ends by itself."),
    EventKind.PORTAL_LINK_REVOKED: Meaning("No change", _NONE, "Issue a new one."),
    EventKind.CONTACT_CHANGED: Meaning("Preferences noted", _NONE, "Can be changed again."),
    EventKind.OUTCOME_RECORDED: Meaning("Outcome recorded", _NONE, "A later statement replaces it; none is deleted."),
    EventKind.OUTCOME_CONTRADICTED: Meaning("Outcome recorded", _BY_PERSON, "The latest statement counts meanwhile."),
    EventKind.EXPORTED: Meaning("No change", _NONE, "A copy left the service; whoever took it answers for it."),
    EventKind.TASK_OPENED: Meaning("With our team", _BY_PERSON, "Stays open until its owner closes it."),
    EventKind.TASK_CLOSED: Meaning("With our team", _NONE, _NONE),
}
