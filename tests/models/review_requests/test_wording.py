"""Which texts may ask for a review."""

import pytest

from activities.library import read_library
from models.review_requests.planning import Part, part_of
from models.review_requests.wording import is_review_request, refusals
from models.terms import RunKind

FINE = "Thank you. A review helps others: {{ review_link }} Reply STOP to opt out."


def test_a_plain_request_is_fine() -> None:
    assert refusals("", FINE) == []


@pytest.mark.parametrize(
    "body",
    [
        "If you were happy, please review us: {{ review_link }}",
        "Leave us a 5-star review: {{ review_link }}",
        "Leave us a great review: {{ review_link }}",
        "A $10 gift card for your review: {{ review_link }}",
        "10% off your next visit in exchange for a review: {{ review_link }}",
        "Enter our raffle with a review: {{ review_link }}",
        "Please mention your technician Bob by name: {{ review_link }}",
        "Review us: https://yelp.com/biz/acme {{ review_link }}",
        "How was your visit? {{ review_link }}",
        "How did we do? Reply 1 to 5. {{ review_link }}",
        "Were you satisfied with us? {{ review_link }}",
        "If you are unhappy, call us first instead. Else: {{ review_link }}",
        "Two ways: {{ review_link }} or {{ review_link }}",
        "Here: {{ review_link }} or https://g.page/other",
        "{% if first_name %}{{ review_link }}{% endif %}",
        "{{ review_link | upper }}",
        "{% if review_link %}Review us{% endif %}",
        "A review would help us. Reply STOP to opt out.",
    ],
)
def test_what_steers_rewards_chooses_or_shows_no_one_link_is_refused(body: str) -> None:
    assert refusals("", body)


def test_thanks_show_no_link_and_promise_nothing() -> None:
    assert refusals("", "Thank you for your review.", asks=False) == []
    assert refusals("", "Thank you! Here is your discount.", asks=False)
    assert refusals("", FINE, asks=False)


def test_the_texts_that_ship_may_ask() -> None:
    library = read_library()
    [sequence] = [one for one in library.sequences if one.kind is RunKind.REVIEW_REQUEST]
    texts = {(one.key, one.version): one for one in library.templates}
    for step in sequence.steps:
        text = texts[(step.template, step.version)]
        asks = part_of(step.key) is not Part.THANKS
        assert refusals(text.subject, text.body, asks=asks) == []
        assert is_review_request(text.subject, text.body) is asks
