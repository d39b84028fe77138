"""The words of the business as closed lists. Their values are stored, so they never change meaning."""

from enum import IntEnum, StrEnum


class Channel(StrEnum):
    """How a message reaches a person."""

    SMS = "sms"
    EMAIL = "email"


PROVIDERS = {Channel.SMS: "twilio", Channel.EMAIL: "ses"}
"""Through whom each channel goes, as rows and pauses name them."""


class LeadSource(StrEnum):
    """Where a lead came from."""

    MISSED_CALL = "missed_call"
    QUOTE_REQUEST = "quote_request"
    WEB_FORM = "web_form"
    THUMBTACK = "thumbtack"
    ANGI = "angi"
    IMPORT = "import"
    MANUAL = "manual"


class ConsentKind(IntEnum):
    """The consent ladder: a higher rung covers every lower one.

    Conversational: the person wrote or called first (answers only). Informational: prior express consent.
    Promotional: prior express written consent (47 CFR 64.1200(f)(9)).
    """

    CONVERSATIONAL = 1
    INFORMATIONAL = 2
    PROMOTIONAL = 3


class ConsentStatus(StrEnum):
    """What one consent event says. `HELD` and `RELEASED` are a doubtful opt-out and a person's answer to it."""

    GRANTED = "granted"
    REVOKED = "revoked"
    HELD = "held"
    RELEASED = "released"


class OptOutScope(StrEnum):
    """What an opt-out covers: all that the client's brand sends through one channel, or through any."""

    CHANNEL = "channel"
    BRAND = "brand"


class LostReason(StrEnum):
    """Why a lead ended without booking."""

    NO_RESPONSE = "no_response"
    NOT_INTERESTED = "not_interested"
    PRICE = "price"
    HIRED_OTHER = "hired_other"
    OUT_OF_AREA = "out_of_area"
    NOT_OUR_SERVICE = "not_our_service"
    WRONG_NUMBER = "wrong_number"
    OPTED_OUT = "opted_out"
    DUPLICATE = "duplicate"
    SPAM = "spam"
    UNREACHABLE = "unreachable"
    OTHER = "other"


class MessageState(StrEnum):
    """Where one intended message stands. The first four may still move by themselves; ESCALATED waits for a person."""

    PLANNED = "planned"
    READY = "ready"
    DISPATCHING = "dispatching"
    UNKNOWN = "unknown"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


IN_DOUBT = frozenset({MessageState.DISPATCHING, MessageState.UNKNOWN, MessageState.ESCALATED})
"""States in which nobody knows yet whether a message left."""


class AttemptOutcome(StrEnum):
    """What is known of one provider call. NULL in the table means that nobody has reported yet."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    UNKNOWN = "unknown"


class EvidenceSource(StrEnum):
    """Who says so: the provider's answer, its callback or event, its list, or a person. A check has seen nothing."""

    ANSWER = "answer"
    CALLBACK = "callback"
    LIST = "list"
    CHECK = "check"
    LEASE = "lease"
    PERSON = "person"


class PauseScope(StrEnum):
    """What a pause stops."""

    EVERYTHING = "everything"
    KIND = "kind"
    PROVIDER = "provider"
    SEQUENCE = "sequence"
    CLIENT = "client"
    CHANNEL = "channel"
    RUN = "run"


class RunKind(StrEnum):
    """Which business process a run is."""

    OUTREACH = "outreach"
    REVIEW_REQUEST = "review_request"
    REPORT_DIGEST = "report_digest"
    INCIDENT_NOTICE = "incident_notice"
    TEMPLATE_TEST = "template_test"
    """A text tried out on a colleague. It concerns nobody else and counts nowhere."""


TO_SEVERAL_PEOPLE = frozenset({RunKind.REPORT_DIGEST, RunKind.INCIDENT_NOTICE})
"""Kinds of run that write to several people: what one of them answers, or an opt-out, concerns them and ends no run."""


class RunState(StrEnum):
    """What a run is doing, for lists and for the `State` search attribute."""

    REQUESTED = "requested"
    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    AWAITING_REPLY = "awaiting_reply"
    HELD = "held"
    AWAITING_PERSON = "awaiting_person"
    HANDING_OVER = "handing_over"
    CLOSED = "closed"


STOPPED, ROLLED_BACK, GIVEN_TO_PERSON = "stopped", "rolled_back", "given_to_person"
"""Outcomes that every kind of run can have."""


class OutreachOutcome(StrEnum):
    """The one named end of an outreach run."""

    REPLIED = "replied"
    NO_RESPONSE = "no_response"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    NOT_APPROVED = "not_approved"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    STOPPED = STOPPED
    ROLLED_BACK = ROLLED_BACK
    GIVEN_TO_PERSON = GIVEN_TO_PERSON


class Control(StrEnum):
    """What a person may ask of a running workflow."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    ROLL_BACK = "roll_back"


class ApprovalPolicy(StrEnum):
    """What must be approved before a sequence sends: each template version once, or the exact wording of each run."""

    TEMPLATE = "template"
    RUN = "run"


class DecisionKind(StrEnum):
    """An approver's decision."""

    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"


class ApprovalState(StrEnum):
    """Where an approval stands for those who wait for it."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


class DecisionChannel(StrEnum):
    """Where a decision was given."""

    API = "api"
    CONSOLE = "console"
    WEB_LINK = "web_link"
    TEMPORAL_UI = "temporal_ui"
    COMMAND = "command"


class Role(StrEnum):
    """What a member of staff may do."""

    SALES_OPS = "sales_ops"
    APPROVER = "approver"
    PRIVACY_REVIEWER = "privacy_reviewer"
    INCIDENT_OWNER = "incident_owner"
    ENGINEER = "engineer"


class UndoState(StrEnum):
    """What became of one registered undo. `NOT_UNDOABLE` becomes `CORRECTION_SENT` once a correction has left."""

    REGISTERED = "registered"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    NOT_UNDOABLE = "not_undoable"
    CORRECTION_SENT = "correction_sent"
    GIVEN_TO_PERSON = "given_to_person"
