"""What an answer to one send request proves. A closed list: whatever is not on it proves nothing and is UNKNOWN.

Neither Twilio's message create nor SES SendEmail takes an idempotency key, so a wrong "no" costs a duplicate. Sources:
https://www.twilio.com/docs/api/errors/20429 (never processed, safe to repeat), .../20500 (may have been processed) and
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html.
"""

import math
import re
from datetime import timedelta
from enum import StrEnum

from models.failure_classes import FailureClass, email_failure_class, sms_failure_class
from models.frozen import Frozen
from models.terms import AttemptOutcome


class AnswerKind(StrEnum):
    """What is known after one call, and so what may follow."""

    ACCEPTED = "accepted"
    """The provider has it and gave its id."""
    NEVER_SENT = "never_sent"
    """No byte of the request left. The same message may be claimed again at once."""
    TRY_LATER = "try_later"
    """Refused before it was processed. The same message may be claimed again, after `retry_after` if given."""
    PROVIDER_SETUP = "provider_setup"
    """Refused, or not even tried, because of our account, sender, quota or settings. Hold the message and tell an engineer."""
    REFUSED = "refused"
    """Refused for good because of the address or the content."""
    UNKNOWN = "unknown"
    """It may or may not have been accepted. Nothing is sent again until evidence or a person tells."""


_OUTCOMES = {AnswerKind.ACCEPTED: AttemptOutcome.ACCEPTED, AnswerKind.UNKNOWN: AttemptOutcome.UNKNOWN}


class Answer(Frozen):
    """What one call came to. It holds codes and ids only, never an address or wording."""

    kind: AnswerKind
    code: str | None = None
    """The provider's own code: a Twilio number or the name of an AWS error."""
    reason: str = ""
    """What was seen where there is no code, such as `ReadTimeout`."""
    failure_class: FailureClass | None = None
    """Set if the provider said no."""
    retry_after: timedelta | None = None
    provider_id: str | None = None
    """The provider's message id; set if and only if it was accepted."""

    @property
    def outcome(self) -> AttemptOutcome:
        """What the ledger records of the attempt."""
        return _OUTCOMES.get(self.kind, AttemptOutcome.NOT_ACCEPTED)


LONGEST_RETRY_AFTER = timedelta(minutes=5)
"""A retry waits inside the send, where a stop is not heard; longer waits are the workflow's."""
_TWILIO_REFUSALS = frozenset({400, 401, 403, 404})
_TWILIO_NOT_SURE = frozenset({20500, 20503})
_TWILIO_MESSAGE_ID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_SMALLEST_TWILIO_CODE = 10_000
"""Twilio's codes have five digits. Its SDK reports the HTTP status as code if the body was not Twilio's JSON."""

_SES_ANSWERS = {
    "TooManyRequestsException": AnswerKind.TRY_LATER,
    "Throttling": AnswerKind.TRY_LATER,
    "ThrottlingException": AnswerKind.TRY_LATER,
    "LimitExceededException": AnswerKind.PROVIDER_SETUP,
    "SendingPausedException": AnswerKind.PROVIDER_SETUP,
    "AccountSuspendedException": AnswerKind.PROVIDER_SETUP,
    "MailFromDomainNotVerifiedException": AnswerKind.PROVIDER_SETUP,
    "MessageRejected": AnswerKind.REFUSED,
    "BadRequestException": AnswerKind.REFUSED,
}


def twilio_answer(
    status: int, code: int | None = None, sid: str | None = None, retry_after: float | None = None
) -> Answer:
    """Return what Twilio's answer to a message create proves.

    Args:
        status: The HTTP status.
        code: `code` of the JSON error body; None if there was no such body.
        sid: `sid` of the JSON body; None if the body could not be read.
        retry_after: The Retry-After header in seconds; cut to five minutes.
    """
    if status == 201 and sid and _TWILIO_MESSAGE_ID.fullmatch(sid):
        return Answer(kind=AnswerKind.ACCEPTED, provider_id=sid)
    if code is not None and (code < _SMALLEST_TWILIO_CODE or code in _TWILIO_NOT_SURE):
        code = None
    if status == 429 or (status in _TWILIO_REFUSALS and code == 20429):
        return _not_accepted(AnswerKind.TRY_LATER, str(code or 20429), FailureClass.TRANSIENT, retry_after)
    if status in _TWILIO_REFUSALS and code is not None:
        failure = sms_failure_class(code)
        return _not_accepted(_kind_of_refusal(failure), str(code), failure, retry_after)
    return Answer(kind=AnswerKind.UNKNOWN, code=str(code) if code else None, reason=f"HTTP {status}")


def ses_answer(status: int | None, error: str | None = None, message_id: str | None = None) -> Answer:
    """Return what the answer of SES to SendEmail proves.

    Args:
        status: The HTTP status; None if there was no answer to read it from.
        error: The name of the AWS error, such as `MessageRejected`; None if there was none.
        message_id: `MessageId` of the answer; None if the body could not be read.
    """
    if status == 200 and message_id and error is None:
        return Answer(kind=AnswerKind.ACCEPTED, provider_id=message_id)
    kind = _SES_ANSWERS.get(error or "")
    if kind is not None and status is not None and 400 <= status < 500 and status != 408:
        return _not_accepted(kind, error, email_failure_class(error))
    return Answer(kind=AnswerKind.UNKNOWN, code=error, reason=f"HTTP {status}" if status else "no status")


def no_connection(detail: str) -> Answer:
    """Return the answer for a call that failed before a byte left: DNS, connect, TLS handshake, full pool.

    `detail` is the name of the error, never its text, which may hold an address.
    """
    return Answer(kind=AnswerKind.NEVER_SENT, reason=detail, failure_class=FailureClass.TRANSIENT)


def not_set_up(detail: str) -> Answer:
    """Return the answer for a call that was not made because our settings lack what it needs, such as credentials.

    `detail` names the setting or the error, never a value.
    """
    return Answer(kind=AnswerKind.PROVIDER_SETUP, reason=detail, failure_class=FailureClass.CONFIG)


def lost_answer(detail: str) -> Answer:
    """Return the answer for a call that broke after bytes may have left: read or write error, timeout, reset, garbage.

    `detail` is the name of the error, never its text, which may hold an address.
    """
    return Answer(kind=AnswerKind.UNKNOWN, reason=detail)


def _kind_of_refusal(failure: FailureClass) -> AnswerKind:
    match failure:
        case FailureClass.CONFIG:
            return AnswerKind.PROVIDER_SETUP
        case FailureClass.TRANSIENT:
            return AnswerKind.TRY_LATER
        case _:
            return AnswerKind.REFUSED


def _not_accepted(
    kind: AnswerKind, code: str | None, failure: FailureClass, retry_after: float | None = None
) -> Answer:
    after = None
    if retry_after is not None and math.isfinite(retry_after) and retry_after >= 0:
        after = timedelta(seconds=min(retry_after, LONGEST_RETRY_AFTER.total_seconds()))
    return Answer(kind=kind, code=code, failure_class=failure, retry_after=after)
