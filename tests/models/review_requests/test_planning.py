"""Which texts one customer gets, and when, by the sequence that ships."""

from datetime import timedelta

import pytest

from activities.library import read_library
from models.copywriting import SequenceVersion, TemplateVersion
from models.errors import UnusableTemplate
from models.review_requests.library import check_review_requests
from models.review_requests.planning import choose
from models.terms import Channel, ConsentKind, RunKind

LIBRARY = read_library()
[SHIPPED] = [one for one in LIBRARY.sequences if one.kind is RunKind.REVIEW_REQUEST]
SMS, EMAIL = Channel.SMS, Channel.EMAIL


@pytest.mark.parametrize(
    ("permitted", "steps"),
    [
        ([SMS, EMAIL], ["ask_sms", "reminder_email"]),
        ([SMS], ["ask_sms", "reminder_sms"]),
        ([EMAIL], ["ask_email", "reminder_email"]),
        ([], []),
    ],
)
def test_the_reminder_takes_the_other_channel_if_that_is_permitted(permitted: list[Channel], steps: list[str]) -> None:
    assert [step.key for step in choose(SHIPPED, permitted, thanks=False).steps] == steps


def test_thanks_come_the_way_the_ask_came_if_the_client_wants_them() -> None:
    assert choose(SHIPPED, [SMS, EMAIL], thanks=True).thanks == next(s for s in SHIPPED.steps if s.key == "thanks_sms")


def test_the_reminder_comes_after_three_days_and_a_review_counts_for_fourteen() -> None:
    chosen = choose(SHIPPED, [SMS, EMAIL], thanks=False)
    assert chosen.ask
    assert chosen.reminder
    assert (chosen.ask.delay, chosen.reminder.delay) == (timedelta(0), timedelta(days=3))
    assert chosen.reminder.response_window == timedelta(days=14)


def _changed(**changes: object) -> SequenceVersion:
    return SHIPPED.model_copy(update={"key": "other"} | changes)


@pytest.mark.parametrize(
    "sequence",
    [
        _changed(kind=RunKind.OUTREACH),
        _changed(steps=SHIPPED.steps[2:]),
        _changed(steps=(SHIPPED.steps[0].model_copy(update={"key": "hello"}),)),
    ],
    ids=["a sequence of another kind that shows the link", "nothing asks", "a step that says not what it does"],
)
def test_a_sequence_that_could_not_ask_for_reviews_is_refused(sequence: SequenceVersion) -> None:
    with pytest.raises(UnusableTemplate, match="other"):
        check_review_requests(LIBRARY.templates, [sequence])


def test_a_template_that_steers_is_refused_by_name_also_without_a_sequence() -> None:
    body = "If you were happy: {{ review_link }} Reply STOP to opt out."
    steered = TemplateVersion(key="bad", version=3, channel=SMS, consent_needed=ConsentKind.INFORMATIONAL, body=body)
    with pytest.raises(UnusableTemplate, match="bad v3"):
        check_review_requests([steered], [])
