from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.delivery import Delivery, from_ses, from_twilio, later

NEWS = st.sampled_from(Delivery)


@given(NEWS, NEWS)
def test_the_order_of_two_pieces_of_news_does_not_matter(a: Delivery, b: Delivery) -> None:
    assert later(a, b) is later(b, a)


@given(NEWS, NEWS, NEWS)
def test_news_may_be_merged_in_any_grouping(a: Delivery, b: Delivery, c: Delivery) -> None:
    assert later(later(a, b), c) is later(a, later(b, c))


@given(NEWS)
def test_repeated_news_changes_nothing(a: Delivery) -> None:
    assert later(a, a) is a


@given(NEWS)
def test_the_first_news_is_taken_as_it_is(a: Delivery) -> None:
    assert later(None, a) is a


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("queued", "sending", "sent", "delivered"), Delivery.DELIVERED),
        (("accepted", "sent", "undelivered"), Delivery.UNDELIVERED),
        (("scheduled", "canceled"), Delivery.CANCELLED),
        (("sent", "undelivered", "delivered"), Delivery.DELIVERED),
        (("sent", "delivered", "read"), Delivery.READ),
    ],
)
def test_callbacks_in_any_order_end_the_same(statuses: tuple[str, ...], expected: Delivery) -> None:
    for order in permutations(statuses):
        known: Delivery | None = None
        for status in order:
            news = from_twilio(status)
            assert news is not None
            known = later(known, news)
        assert known is expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("Send", "DeliveryDelay", "Delivery", "Open", "Click"), Delivery.CLICKED),
        (("Send", "Delivery", "Bounce"), Delivery.BOUNCED),
        (("Send", "Delivery", "Open", "Complaint"), Delivery.COMPLAINED),
        (("Send", "Reject"), Delivery.FAILED),
        (("Send", "Rendering Failure"), Delivery.FAILED),
    ],
)
def test_mail_events_in_any_order_end_the_same(events: tuple[str, ...], expected: Delivery) -> None:
    for order in permutations(events):
        known: Delivery | None = None
        for event in order:
            news = from_ses(event)
            assert news is not None
            known = later(known, news)
        assert known is expected


@pytest.mark.parametrize("status", ["received", "receiving", "partially_delivered", "", "brand_new"])
def test_an_inbound_or_unheard_of_status_says_nothing(status: str) -> None:
    assert from_twilio(status) is None


def test_a_subscription_event_says_nothing_of_delivery() -> None:
    assert from_ses("Subscription") is None


@pytest.mark.parametrize("news", [("Delivery", "Bounce"), ("Bounce", "Delivery")])
def test_an_absence_note_does_not_make_an_arrived_mail_a_failure(news: tuple[str, str]) -> None:
    first, second = (from_ses(kind, "Transient" if kind == "Bounce" else None) for kind in news)
    assert second is not None
    assert later(first, second) is Delivery.DELIVERED


def test_a_soft_bounce_alone_is_a_failure_and_a_hard_one_comes_after_it() -> None:
    assert from_ses("Bounce", "Transient") is Delivery.SOFT_BOUNCED
    assert Delivery.SOFT_BOUNCED.is_failure
    assert later(Delivery.SOFT_BOUNCED, Delivery.BOUNCED) is Delivery.BOUNCED
    assert from_ses("Bounce", "Permanent") is from_ses("Bounce", "Undetermined") is Delivery.BOUNCED
