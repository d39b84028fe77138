import pytest

from models.failure_classes import FailureClass, email_failure_class, sms_failure_class


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (21610, FailureClass.SUPPRESSED),
        (30640, FailureClass.SUPPRESSED),
        (21211, FailureClass.BAD_CONTACT),
        (21614, FailureClass.BAD_CONTACT),
        (30005, FailureClass.BAD_CONTACT),
        (30006, FailureClass.BAD_CONTACT),
        (30004, FailureClass.BLOCKED),
        (30003, FailureClass.TRANSIENT),
        (30008, FailureClass.TRANSIENT),
        (30036, FailureClass.TRANSIENT),
        (30610, FailureClass.TRANSIENT),
        (20003, FailureClass.CONFIG),
        (30002, FailureClass.CONFIG),
        (30034, FailureClass.CONFIG),
        (30007, FailureClass.CONTENT),
        (21617, FailureClass.BUG),
        (35118, FailureClass.BUG),
        (20500, FailureClass.UNKNOWN),
        (11200, FailureClass.UNKNOWN),
    ],
)
def test_a_twilio_code_has_its_class(code: int, expected: FailureClass) -> None:
    assert sms_failure_class(code) is expected


@pytest.mark.parametrize("code", [None, 0, 99999])
def test_a_code_nobody_has_judged_is_unknown(code: int | None) -> None:
    assert sms_failure_class(code) is FailureClass.UNKNOWN


@pytest.mark.parametrize(
    ("name", "subtype", "expected"),
    [
        ("Permanent", "General", FailureClass.BAD_CONTACT),
        ("Permanent", "NoEmail", FailureClass.BAD_CONTACT),
        ("Permanent", "Suppressed", FailureClass.SUPPRESSED),
        ("Permanent", "OnAccountSuppressionList", FailureClass.SUPPRESSED),
        ("Transient", "MailboxFull", FailureClass.SOFT_BOUNCE),
        ("Transient", "General", FailureClass.SOFT_BOUNCE),
        ("Transient", "ContentRejected", FailureClass.CONTENT),
        ("Undetermined", "Undetermined", FailureClass.UNKNOWN),
        ("Complaint", None, FailureClass.SUPPRESSED),
        ("Rendering Failure", None, FailureClass.BUG),
        ("Reject", None, FailureClass.CONTENT),
        ("TooManyRequestsException", None, FailureClass.TRANSIENT),
        ("AccountSuspendedException", None, FailureClass.CONFIG),
        ("MessageRejected", None, FailureClass.CONTENT),
        ("SomethingNewException", None, FailureClass.UNKNOWN),
        (None, None, FailureClass.UNKNOWN),
    ],
)
def test_an_ses_failure_has_its_class(name: str | None, subtype: str | None, expected: FailureClass) -> None:
    assert email_failure_class(name, subtype) is expected
