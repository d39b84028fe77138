from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.failure_classes import FailureClass
from models.provider_answers import AnswerKind, lost_answer, no_connection, not_set_up, ses_answer, twilio_answer
from models.terms import AttemptOutcome

SID = "SM" + "0a" * 16


def test_created_with_a_message_id_is_accepted() -> None:
    answer = twilio_answer(201, sid=SID)
    assert (answer.kind, answer.outcome, answer.provider_id) == (AnswerKind.ACCEPTED, AttemptOutcome.ACCEPTED, SID)


@pytest.mark.parametrize(
    ("status", "code", "sid"),
    [
        *((201, None, None), (200, None, None), (200, None, SID), (201, None, "not-an-id")),
        *((301, None, None), (307, None, None), (408, None, None), (408, 20429, None)),
        *((500, None, None), (500, 20500, None), (503, 20503, None), (502, 502, None), (500, 21610, None)),
        *((400, None, None), (403, None, None), (404, 404, None), (400, 20500, None), (409, 21610, None)),
    ],
)
def test_a_twilio_answer_off_the_list_proves_nothing(status: int, code: int | None, sid: str | None) -> None:
    answer = twilio_answer(status, code, sid)
    assert (answer.kind, answer.outcome) == (AnswerKind.UNKNOWN, AttemptOutcome.UNKNOWN)
    assert answer.provider_id is None


@pytest.mark.parametrize(
    ("status", "code", "kind", "failure"),
    [
        (400, 21610, AnswerKind.REFUSED, FailureClass.SUPPRESSED),
        (400, 21211, AnswerKind.REFUSED, FailureClass.BAD_CONTACT),
        (400, 21617, AnswerKind.REFUSED, FailureClass.BUG),
        (400, 29999, AnswerKind.REFUSED, FailureClass.UNKNOWN),
        (400, 21606, AnswerKind.PROVIDER_SETUP, FailureClass.CONFIG),
        (401, 20003, AnswerKind.PROVIDER_SETUP, FailureClass.CONFIG),
        (400, 21611, AnswerKind.TRY_LATER, FailureClass.TRANSIENT),
        (429, 20429, AnswerKind.TRY_LATER, FailureClass.TRANSIENT),
        (429, None, AnswerKind.TRY_LATER, FailureClass.TRANSIENT),
    ],
)
def test_a_twilio_refusal_is_not_accepted(status: int, code: int, kind: AnswerKind, failure: FailureClass) -> None:
    answer = twilio_answer(status, code)
    assert (answer.kind, answer.failure_class) == (kind, failure)
    assert answer.outcome is AttemptOutcome.NOT_ACCEPTED


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(3.0, timedelta(seconds=3)), (None, None), (-1.0, None), (float("nan"), None), (float("inf"), None)],
)
def test_only_a_sensible_retry_after_is_believed(seconds: float | None, expected: timedelta | None) -> None:
    assert twilio_answer(429, 20429, retry_after=seconds).retry_after == expected


@pytest.mark.parametrize("seconds", [301, 86_400, 1e9])
def test_a_long_retry_after_is_cut_to_five_minutes(seconds: float) -> None:
    assert twilio_answer(429, 20429, retry_after=seconds).retry_after == timedelta(minutes=5)


@given(st.integers(100, 599), st.none() | st.integers(0, 99999), st.none() | st.just(SID))
def test_only_a_short_list_of_twilio_statuses_is_ever_a_no(status: int, code: int | None, sid: str | None) -> None:
    answer = twilio_answer(status, code, sid)
    if answer.outcome is AttemptOutcome.NOT_ACCEPTED:
        assert status in {400, 401, 403, 404, 429}
    if answer.outcome is AttemptOutcome.ACCEPTED:
        assert (status, sid) == (201, SID)


def test_ses_accepts_with_a_message_id() -> None:
    answer = ses_answer(200, message_id="0100-abc")
    assert (answer.outcome, answer.provider_id) == (AttemptOutcome.ACCEPTED, "0100-abc")


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (429, "TooManyRequestsException", AnswerKind.TRY_LATER),
        (400, "Throttling", AnswerKind.TRY_LATER),
        (400, "LimitExceededException", AnswerKind.PROVIDER_SETUP),
        (400, "SendingPausedException", AnswerKind.PROVIDER_SETUP),
        (400, "AccountSuspendedException", AnswerKind.PROVIDER_SETUP),
        (400, "MailFromDomainNotVerifiedException", AnswerKind.PROVIDER_SETUP),
        (400, "MessageRejected", AnswerKind.REFUSED),
        (400, "BadRequestException", AnswerKind.REFUSED),
    ],
)
def test_an_ses_error_on_the_list_is_not_accepted(status: int, error: str, kind: AnswerKind) -> None:
    answer = ses_answer(status, error)
    assert (answer.kind, answer.outcome, answer.code) == (kind, AttemptOutcome.NOT_ACCEPTED, error)


@pytest.mark.parametrize(
    ("status", "error", "message_id"),
    [
        *((200, None, None), (302, None, None), (500, "InternalFailure", None), (503, "MessageRejected", None)),
        *((None, None, None), (None, "Throttling", None), (408, "Throttling", None), (400, "NewException", None)),
        *((200, "MessageRejected", "0100-abc"), (404, None, None)),
    ],
)
def test_an_ses_answer_off_the_list_proves_nothing(
    status: int | None, error: str | None, message_id: str | None
) -> None:
    assert ses_answer(status, error, message_id).outcome is AttemptOutcome.UNKNOWN


def test_no_connection_means_that_nothing_left() -> None:
    answer = no_connection("ConnectTimeout")
    assert (answer.kind, answer.outcome) == (AnswerKind.NEVER_SENT, AttemptOutcome.NOT_ACCEPTED)


def test_what_is_not_set_up_was_not_sent_and_is_for_an_engineer() -> None:
    answer = not_set_up("NoCredentialsError")
    assert (answer.kind, answer.failure_class) == (AnswerKind.PROVIDER_SETUP, FailureClass.CONFIG)
    assert answer.outcome is AttemptOutcome.NOT_ACCEPTED


def test_a_lost_answer_proves_nothing() -> None:
    answer = lost_answer("ReadTimeout")
    assert (answer.outcome, answer.reason) == (AttemptOutcome.UNKNOWN, "ReadTimeout")
