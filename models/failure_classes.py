"""Why a message did not arrive, as a closed list that decides what may be done about it.

Code meanings: https://www.twilio.com/docs/api/errors and
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html.
Which class a code falls in is this project's judgement. A code that is not in a table is UNKNOWN: providers add codes
without notice, and a person looks at what nobody has judged.
"""

from enum import StrEnum


class FailureClass(StrEnum):
    """What kind of failure it was."""

    SUPPRESSED = "suppressed"
    """The person does not want it. Record the opt-out; never repeat."""
    BAD_CONTACT = "bad_contact"
    """The address cannot receive this channel. Mark it; another channel may work."""
    BLOCKED = "blocked"
    """A carrier, a provider or the recipient blocks it. Do not repeat; a person reviews the address."""
    SOFT_BOUNCE = "soft_bounce"
    """A mailbox is full, or its owner is away. The provider has already repeated; do not. The address stays good."""
    TRANSIENT = "transient"
    """May work later. One repeat through every gate again; quiet hours and expiry are judged anew."""
    CONFIG = "config"
    """Our account, sender or quota is at fault. Hold the channel and tell an engineer."""
    CONTENT = "content"
    """The wording was refused or filtered. Do not repeat the same text."""
    BUG = "bug"
    """The request was wrong. Do not repeat; tell an engineer."""
    UNKNOWN = "unknown"
    """Nobody has judged this code. No automatic repeat; a person decides."""


_SMS_CODES: dict[FailureClass, tuple[int, ...]] = {
    FailureClass.SUPPRESSED: (
        21610,  # recipient has opted out of this sender or service
        30640,  # recipient is on a list of known litigators
    ),
    FailureClass.BAD_CONTACT: (
        21211,  # not a valid To number
        21265,  # To is a short code
        21614,  # To cannot receive SMS
        21635,  # To is a landline
        30005,  # unknown or inactive destination
        30006,  # landline or unreachable carrier
    ),
    FailureClass.BLOCKED: (
        30004,  # blocked by carrier or recipient
        30450,  # blocked by pumping protection
    ),
    FailureClass.TRANSIENT: (
        14107,  # reply loop: too many replies between two numbers in 30 s
        20429,  # too many requests, never processed
        21611,  # sender queue full
        30001,  # queue overflow
        30003,  # handset unreachable
        30008,  # unknown carrier error
        30022,  # 10DLC rate limit
        30023,  # T-Mobile daily cap
        30036,  # validity period ended in a queue
        30047,  # quiet-hours reschedule failed
        30610,  # blocked by the provider's quiet hours
        60728,  # account hourly limit
        63017,  # account rate limit
        63038,  # account daily limit
    ),
    FailureClass.CONFIG: (
        20003,  # authentication failed
        21212,  # not a valid From number
        21401,  # From is not a valid number
        21408,  # country not enabled
        21601,  # From cannot send SMS
        21603,  # From is missing
        21606,  # From cannot send to this To
        21608,  # trial account, To not verified
        21612,  # no route between From and To
        21659,  # From is not ours
        21660,  # From and account do not match
        30002,  # account suspended
        30032,  # toll-free number not verified
        30034,  # unregistered 10DLC number
        30035,  # toll-free number restricted
    ),
    FailureClass.CONTENT: (
        30007,  # filtered by the carrier
    ),
    FailureClass.BUG: (
        20404,  # no such resource
        21602,  # body is empty
        21617,  # body is over 1,600 characters
        35111,  # SendAt is missing
        35114,  # SendAt is in the past or malformed
        35115,  # SendAt too close
        35117,  # SendAt out of range
        35118,  # scheduling without a messaging service
        35126,  # scheduling refused
    ),
}

_PLACE = {kind: place for place, kind in enumerate(FailureClass)}
_CLASS_OF_SMS_CODE = {code: kind for kind, codes in _SMS_CODES.items() for code in codes}

_EMAIL_NAMES = {
    "Complaint": FailureClass.SUPPRESSED,
    "Permanent": FailureClass.BAD_CONTACT,
    "Transient": FailureClass.SOFT_BOUNCE,
    "Reject": FailureClass.CONTENT,
    "Rendering Failure": FailureClass.BUG,
    "TooManyRequestsException": FailureClass.TRANSIENT,
    "Throttling": FailureClass.TRANSIENT,
    "ThrottlingException": FailureClass.TRANSIENT,
    "LimitExceededException": FailureClass.CONFIG,
    "AccountSuspendedException": FailureClass.CONFIG,
    "SendingPausedException": FailureClass.CONFIG,
    "MailFromDomainNotVerifiedException": FailureClass.CONFIG,
    "NotFoundException": FailureClass.CONFIG,
    "MessageRejected": FailureClass.CONTENT,
    "BadRequestException": FailureClass.BUG,
}

_EMAIL_SUBTYPES = {
    "Suppressed": FailureClass.SUPPRESSED,
    "OnAccountSuppressionList": FailureClass.SUPPRESSED,
    "UnsubscribedRecipient": FailureClass.SUPPRESSED,
    "MessageTooLarge": FailureClass.CONTENT,
    "ContentRejected": FailureClass.CONTENT,
    "AttachmentRejected": FailureClass.CONTENT,
}


def more_telling(known: FailureClass, news: FailureClass) -> FailureClass:
    """Return which of two classes of the same failure counts, in whatever order they came: UNKNOWN yields to any other."""
    return min(known, news, key=_PLACE.__getitem__)


def sms_failure_class(code: int | None) -> FailureClass:
    """Return the class of a Twilio error code; UNKNOWN for none and for one that nobody has judged."""
    return FailureClass.UNKNOWN if code is None else _CLASS_OF_SMS_CODE.get(code, FailureClass.UNKNOWN)


def email_failure_class(name: str | None, subtype: str | None = None) -> FailureClass:
    """Return the class of an SES failure.

    Args:
        name: A bounce type (`Permanent`), a failing event type (`Complaint`) or an API error (`MessageRejected`).
        subtype: The bounce subtype, such as `OnAccountSuppressionList`. It decides where it says more than the type.
    """
    if subtype in _EMAIL_SUBTYPES:
        return _EMAIL_SUBTYPES[subtype]
    return _EMAIL_NAMES.get(name or "", FailureClass.UNKNOWN)
